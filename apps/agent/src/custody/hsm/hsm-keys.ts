import {
  forgetTokenKey,
  generateTokenKey,
  generateTokenKeyPair,
  HsmError,
  type KeyAttributes,
  type KeyBinding,
  type KeyEncryptionKey,
  type KeyHandle,
  type KeyPair,
  type PairAttributes,
  type Token,
  unwrapTokenKey,
} from "@holdfast/crypto";
import type { Logger } from "../../logger.ts";
import type { Hsm } from "./hsm.ts";
import { ObjectJournal, type TokenObject } from "./object-journal.ts";

/** What keys in the token are made and looked for with. */
export interface HsmKeysParts {
  readonly hsm: () => Hsm | null;
  readonly tid: string;
  readonly dataDirectory: string;
  /** Whether the store has this version, and it is not destroyed. */
  readonly isAlive: (keyId: string, version: number) => boolean;
  readonly logger: Pick<Logger, "info" | "error">;
}

/** How long a pair that was made for a command waits for it. */
const PREPARED_MS = 600_000;

/**
 * Keys that are in the token and never leave it: made, opened, removed.
 *
 * What is in the token and what the store says cannot change in one transaction. So each object is written down, durably
 * and outside the store, before it is made, and before the store forgets it; afterwards the store decides: what it has
 * stays, everything else that was written down is removed from the token, now or when the token is back. Objects that
 * were never written down here are never touched.
 */
export class HsmKeys {
  readonly #parts: HsmKeysParts;
  readonly #journal: ObjectJournal;
  /** Made in the transaction that is under way. */
  readonly #making = new Set<string>();
  readonly #prepared = new Map<string, { readonly pair: KeyPair; readonly at: number }>();
  #sweeping = false;
  #again = false;

  constructor(parts: HsmKeysParts) {
    this.#parts = parts;
    this.#journal = new ObjectJournal(parts.dataDirectory);
  }

  /** Whether keys can be kept in a token here. */
  get available(): boolean {
    return this.#parts.hsm() !== null;
  }

  /** Objects that are to be removed from the token when it is there. */
  get unsettled(): number {
    return this.#journal.entries().length;
  }

  /** @throws {@link HsmError} `E_HSM_GONE`, `E_HSM_TOKEN`, `E_HSM_KEY`; {@link CryptoError} `E_DECRYPT` */
  open(kek: KeyEncryptionKey, wrapped: Uint8Array, binding: KeyBinding): KeyHandle {
    return unwrapTokenKey(kek, this.#token(), wrapped, binding);
  }

  /**
   * Makes a secret key for the transaction under way, which {@link concluded} follows.
   *
   * @throws {@link HsmError}, {@link CryptoError}
   */
  makeSecret(algorithm: string, attributes: KeyAttributes & { readonly bits?: number }): KeyHandle {
    const token = this.#token();
    this.#note(attributes.id);
    return generateTokenKey(token, this.#parts.tid, algorithm, attributes);
  }

  /** Makes a pair before the transaction that takes it: a token may need long for that, and nothing waits for it. */
  async preparePair(algorithm: string, attributes: PairAttributes): Promise<void> {
    const { id } = attributes.privateKey;
    this.#prepared.set(id.keyId, { pair: undefined as never, at: performance.now() });
    this.#journal.add([id]);
    try {
      const pair = await generateTokenKeyPair(this.#token(), this.#parts.tid, algorithm, attributes);
      this.#prepared.set(id.keyId, { pair, at: performance.now() });
    } catch (cause) {
      this.#prepared.delete(id.keyId);
      this.settle();
      throw cause;
    }
  }

  /** The pair that was made for this key. @throws {@link HsmError} `E_HSM_BUSY` when none was */
  takePair(keyId: string): KeyPair {
    const prepared = this.#prepared.get(keyId);
    if (prepared?.pair === undefined) throw new HsmError("E_HSM_BUSY", "The key pair was not made in time.");
    this.#prepared.delete(keyId);
    this.#making.add(keyId);
    return prepared.pair;
  }

  /** Writes down that the store is about to forget versions of a key. */
  dropping(keyId: string, versions: readonly number[]): void {
    this.#journal.add(versions.map((version) => ({ keyId, version })));
    this.#making.add(keyId);
  }

  /** The transaction was carried out or was not: what is in the token follows. */
  concluded(): void {
    if (this.#making.size === 0) return;
    this.#making.clear();
    this.settle();
  }

  /** Removes from the token what was written down and the store does not have; what cannot be removed now stays written down. */
  settle(): void {
    if (this.#sweeping) {
      this.#again = true;
      return;
    }
    this.#sweeping = true;
    void this.#sweep()
      .catch(() => this.#parts.logger.error("hsm.unsettled", { objects: this.unsettled }))
      .finally(() => {
        this.#sweeping = false;
        if (!this.#again) return;
        this.#again = false;
        this.settle();
      });
  }

  async #sweep(): Promise<void> {
    for (const object of this.#journal.entries()) {
      if (this.#isUnderWay(object)) continue;
      if (!this.#parts.isAlive(object.keyId, object.version)) {
        const hsm = this.#parts.hsm();
        if (hsm === null || hsm.state.state !== "present") continue;
        const removed = await forgetTokenKey(hsm.token, this.#parts.tid, object);
        if (removed) this.#parts.logger.info("hsm.removed", { keyId: object.keyId, version: object.version });
      }
      this.#journal.remove([object]);
    }
  }

  #isUnderWay({ keyId }: TokenObject): boolean {
    const prepared = this.#prepared.get(keyId);
    if (prepared === undefined) return this.#making.has(keyId);
    if (performance.now() - prepared.at < PREPARED_MS) return true;
    this.#prepared.delete(keyId);
    return false;
  }

  #note(id: TokenObject): void {
    this.#journal.add([id]);
    this.#making.add(id.keyId);
  }

  #token(): Token {
    const hsm = this.#parts.hsm();
    if (hsm === null) throw new HsmError("E_HSM_GONE", "The key is in a token, and this key server has none.");
    return hsm.token;
  }
}
