import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { isIP } from "node:net";
import { isAbsolute, join } from "node:path";
import { writeDurably } from "../durable-file.ts";
import { PageError } from "./page-error.ts";
import { readPageFile } from "./page-file.ts";
import { pageNameFault } from "./page-name.ts";

/** Names that certificate managers give the two files. */
export const CHAIN_FILE = "tls.crt";
export const KEY_FILE = "tls.key";

/** One name of the approval page, as `page setup` was told. */
export interface PageSetup {
  /** Exactly as browsers show it: `https://NAME` or `https://NAME:PORT`. */
  readonly origin: string;
  /** `HOST:PORT` to listen at. */
  readonly listen: string;
  /** A folder in which somebody else renews the certificate; null where it is kept in the data folder. */
  readonly tls: string | null;
  /** How its certificate is had by ACME; somebody else's doing without it. */
  readonly acme?: AcmeSetup;
}

/** Where a page's certificate is ordered. */
export interface AcmeSetup {
  /** The directory's address, https. */
  readonly directory: string;
  /** A file with the authority of the ACME server's own certificate; null for those that Node trusts. */
  readonly ca: string | null;
  /** A mail address for the authority; null for none. */
  readonly contact: string | null;
  /** Whether the person has agreed to the authority's terms. */
  readonly agreed: boolean;
  /** The program that changes the zone; null where a person does, by hand. */
  readonly hook: string | null;
}

const FOLDER = "page";
const SETUP_FILE = "pages.json";
const ORIGIN = /^https:\/\/[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+(?::[1-9][0-9]{0,4})?$/;
const LISTEN = /^(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+):\d{1,5}$/;
const MAIL = /^[\w.+-]{1,64}@[a-z0-9.-]{1,200}$/i;
const MOST = 4;

/** Every name that the page was set up for, the oldest first. @throws {@link PageError} `E_PAGE_SETUP` for a file that was changed */
export function pageSetups(dataDirectory: string): readonly PageSetup[] {
  const path = join(dataDirectory, FOLDER, SETUP_FILE);
  if (!existsSync(path)) return [];
  try {
    const { ver, pages } = JSON.parse(readPageFile(path)) as { ver: unknown; pages: PageSetup[] };
    if (ver === 1 && Array.isArray(pages) && pages.length <= MOST && pages.every(isPageSetup)) return pages;
  } catch {
    // Unreadable: refused below.
  }
  throw new PageError(
    "E_PAGE_SETUP",
    `${path} cannot be read, or was changed.`,
    "Remove that file and set the page up again: `holdfast-agent page setup`.",
  );
}

/** What one address was set up with; null when it was not. */
export function findPageSetup(dataDirectory: string, origin: string): PageSetup | null {
  return pageSetups(dataDirectory).find((each) => each.origin === origin) ?? null;
}

/** Looks whether a name can be kept, before anything is made for it. @throws {@link PageError} `E_PAGE_SETUP` */
export function checkPageSetup(dataDirectory: string, setup: PageSetup): void {
  const known = pageSetups(dataDirectory);
  const isKnown = known.some(({ origin }) => origin === setup.origin);
  const name = setup.origin.slice(setup.origin.indexOf("//") + 2).replace(/:\d+$/, "");
  const fault = isKnown ? null : pageNameFault(name);
  if (fault !== null || !isPageSetup(setup))
    throw new PageError(
      "E_PAGE_SETUP",
      `${setup.origin} is no address of a page${fault === null ? "" : `: ${fault}`}.`,
      "Give a host name of your company, such as keys.example.com.",
    );
  if (!isKnown && known.length >= MOST)
    throw new PageError(
      "E_PAGE_SETUP",
      `A page has at most ${MOST} names.`,
      "Take one away: `holdfast-agent page remove`.",
    );
}

/** Keeps a name, in place of what was kept for its address. @throws {@link PageError} `E_PAGE_SETUP` */
export function keepPageSetup(dataDirectory: string, setup: PageSetup): void {
  checkPageSetup(dataDirectory, setup);
  const known = pageSetups(dataDirectory);
  const isKnown = known.some(({ origin }) => origin === setup.origin);
  write(
    dataDirectory,
    isKnown ? known.map((each) => (each.origin === setup.origin ? setup : each)) : [...known, setup],
  );
}

/** Forgets a name with its certificate and key. @returns whether there was one */
export function dropPageSetup(dataDirectory: string, origin: string): boolean {
  const known = pageSetups(dataDirectory);
  const left = known.filter((each) => each.origin !== origin);
  if (left.length === known.length) return false;
  write(dataDirectory, left);
  rmSync(pagePlace(dataDirectory, origin), { recursive: true, force: true });
  return true;
}

/** The folder in which everything of one address is kept. */
export function pagePlace(dataDirectory: string, origin: string): string {
  return join(dataDirectory, FOLDER, new URL(origin).host.replace(":", "_"));
}

/** The folder of an address's `tls.crt` and `tls.key`. */
export function certificateFolder(dataDirectory: string, { origin, tls }: PageSetup): string {
  if (tls !== null) return tls;
  const folder = join(pagePlace(dataDirectory, origin), "tls");
  const next = `${folder}.new`;
  if (!existsSync(folder) && existsSync(join(next, CHAIN_FILE)) && existsSync(join(next, KEY_FILE)))
    renameSync(next, folder); // an installation was cut short between its two steps
  return folder;
}

/** Puts a chain and its key in an address's place, both or neither. */
export function placeCertificate(dataDirectory: string, setup: PageSetup, chain: string, key: string): void {
  const folder = certificateFolder(dataDirectory, { ...setup, tls: null });
  const next = `${folder}.new`;
  rmSync(next, { recursive: true, force: true });
  mkdirSync(next, { recursive: true, mode: 0o700 });
  writeDurably(join(next, KEY_FILE), key);
  writeDurably(join(next, CHAIN_FILE), chain);
  rmSync(folder, { recursive: true, force: true });
  renameSync(next, folder);
}

function write(dataDirectory: string, pages: readonly PageSetup[]): void {
  mkdirSync(join(dataDirectory, FOLDER), { recursive: true, mode: 0o700 });
  writeDurably(join(dataDirectory, FOLDER, SETUP_FILE), `${JSON.stringify({ ver: 1, pages }, null, 2)}\n`);
}

function isPageSetup(value: unknown): boolean {
  const { origin, listen, tls, acme } = (value ?? {}) as Partial<Record<keyof PageSetup, unknown>>;
  return (
    (acme === undefined || isAcmeSetup(acme)) &&
    typeof origin === "string" &&
    ORIGIN.test(origin) &&
    URL.canParse(origin) &&
    isIP(new URL(origin).hostname) === 0 &&
    !new URL(origin).hostname.endsWith("localhost") &&
    new URL(origin).origin === origin &&
    typeof listen === "string" &&
    LISTEN.test(listen) &&
    (tls === null || (typeof tls === "string" && isAbsolute(tls)))
  );
}

function isAcmeSetup(value: unknown): boolean {
  const { directory, ca, contact, agreed, hook } = (value ?? {}) as Partial<Record<keyof AcmeSetup, unknown>>;
  const isPath = (each: unknown) => each === null || (typeof each === "string" && isAbsolute(each));
  return (
    typeof directory === "string" &&
    URL.canParse(directory) &&
    directory.startsWith("https://") &&
    isPath(ca) &&
    isPath(hook) &&
    (contact === null || (typeof contact === "string" && MAIL.test(contact))) &&
    typeof agreed === "boolean"
  );
}
