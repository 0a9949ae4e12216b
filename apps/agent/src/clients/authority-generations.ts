import { X509Certificate } from "node:crypto";
import {
  CryptoError,
  generateSigningKey,
  type KeyEncryptionKey,
  type SigningHandle,
  unwrapSigningKey,
  wrapSigningKey,
} from "@holdfast/crypto";
import type { SecretStore } from "../custody/secret-store.ts";
import { type AuthorityFacts, keptAuthority } from "./authority-file.ts";
import { CertificateError } from "./errors.ts";
import { certificatePem } from "./pem.ts";

/**
 * How far the change to a new authority has come.
 *
 * `begun`: it issues clients' certificates, listeners still show the one before's. `switched`: listeners show its own.
 * `finished`: the authority before is trusted no more.
 */
export type RolloverPhase = "begun" | "switched" | "finished";

/** One authority of the domain: the first one, or one that took over. */
export interface Generation {
  readonly number: number;
  readonly key: SigningHandle;
  readonly der: Uint8Array;
  readonly pem: string;
  /** Unix seconds. */
  readonly notAfter: number;
  readonly phase: RolloverPhase;
}

/** Where authorities after the first are kept; without it there is the first one only. */
export interface RolloverParts {
  readonly kek: KeyEncryptionKey;
  readonly secrets: SecretStore;
}

const PHASES: readonly RolloverPhase[] = ["begun", "switched", "finished"];
const MOST = 100;

/**
 * The authorities of a domain, the first made with it and each later one taking over from the one before.
 *
 * A later authority's key is wrapped under the root key like the first one's, and bound to its number and phase, so that a
 * store cannot say another phase than one that was reached.
 */
export class AuthorityGenerations {
  readonly #facts: AuthorityFacts;
  readonly #rollover: RolloverParts | null;
  readonly #listeners = new Set<() => void>();
  #all: readonly Generation[];

  private constructor(facts: AuthorityFacts, rollover: RolloverParts | null, all: readonly Generation[]) {
    this.#facts = facts;
    this.#rollover = rollover;
    this.#all = all;
  }

  /** @throws {@link CryptoError} `E_DECRYPT` for a stored authority that is not one this agent wrote */
  static async open(facts: AuthorityFacts, rollover: RolloverParts | null): Promise<AuthorityGenerations> {
    const all = [await generationOf(facts, 1, facts.keys.ca, "finished")];
    for (let number = 2; rollover !== null && number <= MOST; number += 1) {
      const wrapped = rollover.secrets.findSecret(`ca.${number}`);
      if (wrapped === null) break;
      const { key, phase } = unwrap(rollover.kek, wrapped, number);
      all.push(await generationOf(facts, number, key, phase));
    }
    return new AuthorityGenerations(facts, rollover, all);
  }

  get first(): Generation {
    return this.#all[0] as Generation;
  }

  /** The one that issues clients' certificates. */
  get issuing(): Generation {
    return this.#all.at(-1) as Generation;
  }

  /** The one that issues listeners' certificates. */
  get serving(): Generation {
    return this.#all.findLast(({ phase }) => phase !== "begun") as Generation;
  }

  /** Those whose certificates are accepted, and that are handed to clients as trusted. */
  get trusted(): readonly Generation[] {
    return this.#all.slice(this.#all.findLastIndex(({ phase }) => phase === "finished"));
  }

  /** The number of the authority that issued a certificate; null when none of the trusted ones did. */
  issuerOf(certificate: X509Certificate): number | null {
    const found = this.trusted.find(({ der }) => {
      const authority = new X509Certificate(der);
      return certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
    });
    return found?.number ?? null;
  }

  /** Tells of every change. @returns what stops it */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Makes a new authority beside the present one. @throws {@link CertificateError} `E_CERT_ROLLOVER` */
  async begin(): Promise<void> {
    if (this.issuing.phase !== "finished")
      throw new CertificateError("E_CERT_ROLLOVER", "A change of authority is under way already.");
    const next = await generationOf(this.#facts, this.issuing.number + 1, generateSigningKey("P-256"), "begun");
    this.#keep([...this.#all, next]);
  }

  /** Goes on to the next phase. @throws {@link CertificateError} `E_CERT_ROLLOVER` when it is not the next */
  advance(to: "switched" | "finished"): void {
    const { issuing } = this;
    const from = to === "switched" ? "begun" : "switched";
    if (issuing.phase !== from)
      throw new CertificateError("E_CERT_ROLLOVER", `The change of authority is ${issuing.phase}, not ${from}.`);
    this.#keep([...this.#all.slice(0, -1), { ...issuing, phase: to }]);
  }

  /** Drops the keys of authorities after the first; custody drops that one. */
  close(): void {
    for (const { key } of this.#all.slice(1)) key.zeroize();
  }

  #keep(all: readonly Generation[]): void {
    const newest = all.at(-1) as Generation;
    if (this.#rollover === null) throw new CertificateError("E_CERT_ROLLOVER");
    const { kek, secrets } = this.#rollover;
    const { number, phase, key } = newest;
    secrets.putSecrets({ [`ca.${number}`]: wrapSigningKey(kek, key, boundName(number, phase)) });
    this.#all = all;
    for (const listener of this.#listeners) listener();
  }
}

async function generationOf(
  facts: AuthorityFacts,
  number: number,
  key: SigningHandle,
  phase: RolloverPhase,
): Promise<Generation> {
  const createdAt = number === 1 ? facts.createdAt : 0; // later ones begin when their certificate is made
  const der = await keptAuthority({ ...facts, createdAt, keys: { ca: key } }, number);
  const notAfter = Math.floor(Date.parse(new X509Certificate(der).validTo) / 1000);
  return { number, key, der, pem: certificatePem(der), notAfter, phase };
}

function unwrap(
  kek: KeyEncryptionKey,
  wrapped: Uint8Array,
  number: number,
): { key: SigningHandle; phase: RolloverPhase } {
  for (const phase of PHASES) {
    try {
      return { key: unwrapSigningKey(kek, wrapped, boundName(number, phase)), phase };
    } catch (cause) {
      if (!(cause instanceof CryptoError)) throw cause;
    }
  }
  throw new CryptoError("E_DECRYPT");
}

function boundName(number: number, phase: RolloverPhase): string {
  return `ca.${number}/${phase}`;
}
