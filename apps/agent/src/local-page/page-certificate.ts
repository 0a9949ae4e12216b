import { statSync } from "node:fs";
import { join } from "node:path";
import { CertificateError, type CertificateErrorCode } from "../clients/errors.ts";
import { checkServerChain } from "../clients/server-chain.ts";
import type { Logger } from "../logger.ts";
import { readPageFile } from "./page-file.ts";
import { CHAIN_FILE, KEY_FILE } from "./page-setup.ts";

const LOOK_MS = 60_000;

/** Where the page's certificate is, and what it is held against. */
export interface PageCertificateParts {
  /** The folder of `tls.crt` (the chain, the page's own certificate first) and `tls.key`, both PEM. */
  readonly folder: string;
  /** The page's own origin, https. */
  readonly origin: string;
  /** Unix seconds. */
  readonly time: () => number;
  readonly logger: Logger;
  /** Told when the certificate that is shown ends, Unix seconds. */
  readonly shown: (notAfter: number) => void;
}

/** What browsers are shown. */
export interface ShownCertificate {
  readonly cert: string;
  readonly key: string;
}

interface Checked extends ShownCertificate {
  readonly notAfter: number;
  readonly alone: boolean;
}

/** Why files that came later are not shown. */
export interface NotShown {
  /** When they were looked at, Unix seconds. */
  readonly at: number;
  readonly code: CertificateErrorCode;
  readonly what: string;
}

/**
 * The page's certificate, of an authority that browsers trust: read from files that somebody else renews, and read again each
 * minute. Renewed files are shown to new connections; files that are no good are not, and the one before stays.
 *
 * It is checked for the page's own name, and that it belongs to its key. Whether browsers trust its authority is theirs to say.
 */
export class PageCertificate {
  readonly #parts: PageCertificateParts;
  readonly #timer: NodeJS.Timeout;
  #shown: Checked;
  #notShown: NotShown | null = null;
  #seen: string;
  #onChange: ((shown: ShownCertificate) => void) | null = null;

  private constructor(parts: PageCertificateParts, shown: Checked) {
    this.#parts = parts;
    this.#shown = shown;
    this.#seen = textOf(shown);
    this.#timer = setInterval(() => this.look(), LOOK_MS).unref();
  }

  /** @throws {@link CertificateError} `E_CERT_FORM` where a file is missing or cannot be read, and as `checkServerChain` */
  static open(parts: PageCertificateParts): PageCertificate {
    const first = checkPageFolder(parts);
    const opened = new PageCertificate(parts, first);
    parts.shown(first.notAfter);
    return opened;
  }

  get shown(): ShownCertificate {
    const { cert, key } = this.#shown;
    return { cert, key };
  }

  /** Whether it is shown without its issuer's certificate. */
  get alone(): boolean {
    return this.#shown.alone;
  }

  /** The key's file where others may read or change it; null where they may not. */
  get looseKey(): string | null {
    return looseKeyIn(this.#parts.folder);
  }

  /** Why the newest files are not shown; null while they are. */
  get notShown(): NotShown | null {
    return this.#notShown;
  }

  /** Calls back with each certificate that takes the place of the one before. */
  onChange(listener: (shown: ShownCertificate) => void): void {
    this.#onChange = listener;
  }

  /** Reads the files again. */
  look(): void {
    const { logger } = this.#parts;
    try {
      const before = this.#seen;
      this.#seen = "";
      const { files, texts } = filesIn(this.#parts.folder);
      this.#seen = texts; // looked at once, good or not
      if (texts === before) return;
      if (texts !== textOf(this.#shown)) this.#show(check(files, this.#parts));
      this.#notShown = null;
      logger.info("page.certificate");
    } catch (cause) {
      const known = cause instanceof CertificateError ? cause : refused("E_CERT_FORM", "The files cannot be shown.");
      if (known.code === "E_CERT_TIME") this.#seen = ""; // its time may come
      this.#notShown = { at: this.#parts.time(), code: known.code, what: known.message };
      logger.error("page.certificate", { code: known.code });
    }
  }

  #show(next: Checked): void {
    this.#onChange?.(next);
    this.#shown = next;
    this.#parts.shown(next.notAfter);
  }

  close(): void {
    clearInterval(this.#timer);
  }
}

/** Looks at a folder's files as they are shown. @throws {@link CertificateError} */
export function checkPageFolder(parts: Pick<PageCertificateParts, "folder" | "origin" | "time">): Checked {
  return check(filesIn(parts.folder).files, parts);
}

/**
 * The path of a folder's key where more than its user and group may read it, or others change it; null where it is as it should be or not
 * there. A group may read: the program that renews often runs as another user.
 */
export function looseKeyIn(folder: string): string | null {
  const path = join(folder, KEY_FILE);
  const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
  return (mode & 0o027) === 0 ? null : path;
}

function filesIn(folder: string): { files: ShownCertificate; texts: string } {
  const text = (name: string): string => {
    try {
      return readPageFile(join(folder, name));
    } catch {
      throw refused("E_CERT_FORM", `${join(folder, name)} cannot be read.`);
    }
  };
  const files = { cert: text(CHAIN_FILE), key: text(KEY_FILE) };
  return { files, texts: textOf(files) };
}

function textOf({ cert, key }: ShownCertificate): string {
  return `${cert}\n${key}`;
}

function check(
  files: ShownCertificate,
  { folder, origin, time }: Pick<PageCertificateParts, "folder" | "origin" | "time">,
): Checked {
  const { hostname } = new URL(origin);
  const names = [hostname.replace(/^\[|\]$/g, "")];
  try {
    const { leaf, issuers, notAfter } = checkServerChain(files.cert, { keyPem: files.key, names, now: time() });
    return { ...files, notAfter, alone: issuers.length === 0 && !leaf.checkIssued(leaf) };
  } catch (cause) {
    if (cause instanceof CertificateError) throw refused(cause.code, said(cause, folder, hostname));
    throw refused("E_CERT_FORM", `${join(folder, KEY_FILE)} is not a private key in PEM.`);
  }
}

function said({ code, message }: CertificateError, folder: string, hostname: string): string {
  if (code === "E_CERT_KEY") return `${join(folder, KEY_FILE)} is not the key of ${join(folder, CHAIN_FILE)}.`;
  if (code === "E_CERT_NAMES") return `${join(folder, CHAIN_FILE)} is not for ${hostname}.`;
  return `${join(folder, CHAIN_FILE)}: ${message}`;
}

function refused(code: CertificateErrorCode, what: string): CertificateError {
  return new CertificateError(
    code,
    what,
    `Put the page's certificate with its issuers in ${CHAIN_FILE}, and its key in ${KEY_FILE}, in the folder of --page-tls; or \`holdfast-agent page setup --certificate FILE\`.`,
  );
}
