import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openStream, type RecipientHandle, sealStream } from "@holdfast/crypto";
import { newServerRequest, type ServerKeyKind } from "./certificate-request.ts";
import { CertificateError } from "./errors.ts";
import { certificatePem } from "./pem.ts";
import { checkServerChain } from "./server-chain.ts";

/** What the listeners' certificate from another authority belongs to. */
export interface InstalledParts {
  readonly keys: { readonly hpke: RecipientHandle };
  readonly aid: string;
  readonly dataDirectory: string;
  /** Unix seconds. */
  readonly time: () => number;
}

/** A certificate from a company's authority, as listeners show it. */
export interface InstalledServerCertificate {
  /** The chain, leaf first. */
  readonly certPem: string;
  readonly keyPem: string;
  readonly names: readonly string[];
  readonly notAfter: number;
  /** The topmost certificate of the chain: clients that trust it trust the listener. */
  readonly anchorPem: string;
}

const FOLDER = "server-cert";
/** A request, then what was installed; each a sealed key and what belongs to it. */
type Place = "request" | "installed";
interface Kept {
  readonly keyPem: string;
  readonly names: readonly string[];
  readonly chainPem: string;
}

/**
 * The listeners' certificate where a company's own authority issues it: request out, chain in.
 *
 * The private key lies in the data folder sealed to the agent's own key, so that a stolen folder does not speak in the
 * agent's name. Backups leave it out: a restored agent requests anew.
 */
export class InstalledCertificate {
  readonly #parts: InstalledParts;
  readonly #listeners = new Set<() => void>();
  #current: InstalledServerCertificate | null = null;

  private constructor(parts: InstalledParts) {
    this.#parts = parts;
  }

  /** Opens what is installed; what cannot be read counts as nothing installed, and `damaged` says so. */
  static async open(parts: InstalledParts): Promise<InstalledCertificate> {
    const made = new InstalledCertificate(parts);
    try {
      made.#current = await made.#load();
    } catch {
      made.damaged = true;
    }
    return made;
  }

  /** True when something is installed that cannot be used. */
  damaged = false;

  /** What listeners show; null when they show one of the agent's own authority. */
  get current(): InstalledServerCertificate | null {
    return this.#current;
  }

  /** Tells when another one is to be shown. @returns what stops it */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Makes a new key and a request for it; an earlier request is void, what is installed stays. @returns PEM */
  async request(names: readonly string[], kind: ServerKeyKind): Promise<string> {
    const { csrPem, keyPem } = await newServerRequest(names, kind);
    await this.#keep("request", { keyPem, names, chainPem: "" });
    return csrPem;
  }

  /**
   * Takes the chain that was issued for the request, or a renewed one for the key that is installed.
   *
   * @throws {@link CertificateError}; nothing is changed then
   */
  async install(pem: string): Promise<InstalledServerCertificate> {
    const whole = (place: Place) => this.#read(place).catch(() => null); // what is damaged is as if it were not there
    const places = (await Promise.all([whole("request"), whole("installed")])).filter((each) => each !== null);
    if (places.length === 0) throw new CertificateError("E_CERT_REQUEST");
    let refusal: unknown;
    for (const { keyPem, names } of places) {
      try {
        const { leaf, issuers } = checkServerChain(pem, { keyPem, names, now: this.#parts.time() });
        const chainPem = [leaf, ...issuers].map(({ raw }) => certificatePem(raw)).join("");
        await this.#keep("installed", { keyPem, names, chainPem });
        rmSync(this.#path("request"), { recursive: true, force: true });
        this.#current = await this.#load();
        this.damaged = false;
        this.#tell();
        return this.#current as InstalledServerCertificate;
      } catch (cause) {
        // The newest request's refusal is the one to tell, unless the file is simply for the other key.
        if (!(cause instanceof CertificateError)) throw cause;
        if (refusal === undefined || (refusal as CertificateError).code === "E_CERT_KEY") refusal = cause;
      }
    }
    throw refusal;
  }

  /** Goes back to certificates of the agent's own authority. */
  remove(): void {
    rmSync(this.#path("installed"), { recursive: true, force: true });
    this.#current = null;
    this.damaged = false;
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  async #load(): Promise<InstalledServerCertificate | null> {
    const kept = await this.#read("installed");
    if (kept === null) return null;
    const { keyPem, names, chainPem } = kept;
    const { leaf, issuers, notAfter } = checkServerChain(chainPem, { keyPem, names, now: null });
    const anchor = issuers.at(-1) ?? leaf;
    return { certPem: chainPem, keyPem, names, notAfter, anchorPem: certificatePem(anchor.raw) };
  }

  #path(place: string): string {
    return join(this.#parts.dataDirectory, FOLDER, place);
  }

  /** Writes a place as a whole, or leaves it as it was. */
  async #keep(place: Place, { keyPem, names, chainPem }: Kept): Promise<void> {
    const { keys } = this.#parts;
    const sealed = await joined(sealStream([Buffer.from(keyPem, "utf8")], keys.hpke.publicKey, this.#info()));
    const fresh = this.#path(`${place}.new`);
    rmSync(fresh, { recursive: true, force: true });
    mkdirSync(fresh, { recursive: true, mode: 0o700 });
    writeFileSync(join(fresh, "key.sealed"), sealed, { mode: 0o600, flush: true });
    writeFileSync(join(fresh, "names.json"), JSON.stringify(names), { mode: 0o600, flush: true });
    writeFileSync(join(fresh, "chain.pem"), chainPem, { mode: 0o600, flush: true });
    rmSync(this.#path(place), { recursive: true, force: true });
    renameSync(fresh, this.#path(place));
  }

  async #read(place: Place): Promise<Kept | null> {
    const path = this.#path(place);
    if (!existsSync(path)) return null;
    const sealed = readFileSync(join(path, "key.sealed"));
    const key = await joined(openStream([sealed], this.#parts.keys.hpke, this.#info()));
    return {
      keyPem: key.toString("utf8"),
      names: JSON.parse(readFileSync(join(path, "names.json"), "utf8")) as string[],
      chainPem: readFileSync(join(path, "chain.pem"), "utf8"),
    };
  }

  #info(): Buffer {
    return Buffer.from(`holdfast/server-key/v1\0${this.#parts.aid}`, "utf8");
  }
}

async function joined(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}
