import {
  exportPublic,
  generateKeyPairLater,
  generateRecipientKey,
  type KeyHandle,
  type RecipientHandle,
  unwrapKeyMaterial,
  unwrapRecipientKey,
  wrapKeyMaterial,
  wrapRecipientKey,
} from "@holdfast/crypto";
import {
  decodeBase64url,
  deriveKeyId,
  docHash,
  encodeBase64url,
  encodeImportOffer,
  type ImportOffer,
  parseImportOffer,
  rawSignatureBase,
  type Signed,
  type TransferForm,
} from "@holdfast/protocol";
import type { Unsealed } from "../custody.ts";
import { KeptFiles } from "./kept-files.ts";

/** How long an import is open, seconds. */
const OPEN_SECONDS = 7 * 86_400;
const MAX_SESSION_BYTES = 65_536;
const RSA = "RSA-4096";
const SESSION = ".import";
const SEALED = ".sealed";

/** Where sessions live, and whose they are. */
export interface SessionParts {
  readonly folder: string;
  readonly tid: string;
  readonly aid: string;
  readonly keys: Pick<Unsealed, "root" | "aik">;
}

interface Stored {
  readonly offer: Signed;
  /** The one-time private key, wrapped under the root key. */
  readonly wrapped: string;
}

/** One open import. */
export interface ImportSession {
  readonly offer: ImportOffer;
  readonly signed: Signed;
}

/**
 * One-time keys of imports, each in a file of its own under the root key: no backup has them, and what is removed is gone.
 */
export class ImportSessions {
  readonly #parts: SessionParts;
  readonly #files: KeptFiles;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#files = new KeptFiles(parts.folder);
  }

  /** Makes a one-time key and signs its offer. */
  async begin(importId: string, asked: { form: TransferForm; most: number; now: number }): Promise<ImportSession> {
    const { tid, aid, keys } = this.#parts;
    const { form, most, now } = asked;
    const made = form === "hpke" ? this.#makeHpke(importId) : await this.#makeRsa(importId);
    const offer: ImportOffer = {
      ...{ typ: "import", ver: 1, tid, aid, importId, form, most, exp: now + OPEN_SECONDS },
      pub: encodeBase64url(made.pub),
    };
    const bytes = encodeImportOffer(offer);
    const signature = keys.aik.sign(rawSignatureBase("import", docHash("import", bytes)));
    const signed = { doc: encodeBase64url(bytes), sig: encodeBase64url(signature) };
    const stored: Stored = { offer: signed, wrapped: encodeBase64url(made.wrapped) };
    this.#files.put(importId + SESSION, Buffer.from(JSON.stringify(stored)));
    return { offer, signed };
  }

  all(): ImportSession[] {
    return this.#files.names(SESSION).flatMap((importId) => this.find(importId) ?? []);
  }

  find(importId: string): ImportSession | null {
    const stored = this.#read(importId);
    if (stored === null) return null;
    return { offer: parseImportOffer(decodeBase64url(stored.offer.doc)), signed: stored.offer };
  }

  /** The private key of an open import. @throws {@link CryptoError} `E_DECRYPT` for a file that is not this agent's */
  opener(importId: string): RecipientHandle | KeyHandle | null {
    const stored = this.#read(importId);
    if (stored === null) return null;
    const { tid, keys } = this.#parts;
    const { form } = parseImportOffer(decodeBase64url(stored.offer.doc));
    const wrapped = decodeBase64url(stored.wrapped);
    if (form === "hpke") return unwrapRecipientKey(keys.root.kek, wrapped, sessionName(importId));
    return unwrapKeyMaterial(keys.root.kek, wrapped, { ...rsaAttributes(importId), domain: tid });
  }

  /** Keeps what was sealed to an import, by its hash. */
  keepSealed(hash: string, bytes: Uint8Array): void {
    this.#files.put(hash + SEALED, bytes);
  }

  sealed(hash: string, maxBytes: number): Buffer | null {
    return this.#files.find(hash + SEALED, maxBytes);
  }

  sealedHashes(): string[] {
    return this.#files.names(SEALED);
  }

  /** Destroys an import's key. */
  end(importId: string): void {
    this.#files.remove(importId + SESSION);
  }

  forgetSealed(hash: string): void {
    this.#files.remove(hash + SEALED);
  }

  #makeHpke(importId: string): { pub: Uint8Array; wrapped: Uint8Array } {
    const handle = generateRecipientKey();
    const wrapped = wrapRecipientKey(this.#parts.keys.root.kek, handle, sessionName(importId));
    handle.zeroize();
    return { pub: handle.publicKey, wrapped };
  }

  async #makeRsa(importId: string): Promise<{ pub: Uint8Array; wrapped: Uint8Array }> {
    const { id, usages, extractable } = rsaAttributes(importId);
    const { privateKey, publicKey } = await generateKeyPairLater(RSA, {
      privateKey: { id, usages, extractable },
      publicKey: { id, usages: ["wrap"], extractable: true },
    });
    const wrapped = wrapKeyMaterial(this.#parts.keys.root.kek, privateKey, this.#parts.tid);
    privateKey.zeroize();
    return { pub: exportPublic(publicKey, "spki"), wrapped };
  }

  #read(importId: string): Stored | null {
    const bytes = this.#files.find(importId + SESSION, MAX_SESSION_BYTES);
    if (bytes === null) return null;
    try {
      return JSON.parse(bytes.toString("utf8")) as Stored;
    } catch {
      return null;
    }
  }
}

function sessionName(importId: string): string {
  return `import/${importId}`;
}

function rsaAttributes(importId: string) {
  const id = { keyId: deriveKeyId(importId, 0), version: 1 };
  return { id, type: "private-key", algorithm: RSA, bits: 4096, usages: ["unwrap"], extractable: false } as const;
}
