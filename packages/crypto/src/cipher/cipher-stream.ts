import { CryptoError } from "../errors.ts";
import type { KeyHandle } from "../handle/key-handle.ts";
import type { CipherParams, DecipherParams, Encrypted } from "../policy/cipher-params.ts";
import { MAX_MESSAGE_BYTES, MAX_STREAM_BYTES } from "../policy/limits.ts";
import { NO_PERMIT, type Permit } from "../policy/permit.ts";
import { type CipherPlan, checkForms, planDecryption, planEncryption } from "./cipher-plan.ts";
import {
  attempt,
  decryptPlanned,
  encrypted,
  encryptPlanned,
  requireMessage,
  started,
  unpadded,
} from "./encrypt-with.ts";
import { fillingFor } from "./padding.ts";

/** An encryption in parts. After `final` every call is refused `E_CRYPTO_INPUT`. */
export interface CipherInParts {
  /** The IV in use, known from the start; absent in modes without one. */
  readonly iv?: Buffer;
  update(data: Uint8Array): Buffer;
  /** The rest of the ciphertext, and the tag in modes that have one. */
  final(): Pick<Encrypted, "ciphertext" | "tag">;
}

/** A decryption in parts. After `final` every call is refused `E_CRYPTO_INPUT`. */
export interface DecipherInParts {
  update(data: Uint8Array): Buffer;
  /** The rest of the plaintext. `tag` may be given here when it was not known at the start. */
  final(tag?: Uint8Array): Buffer;
}

/** Parts held back until the end. */
class Held {
  #parts: Buffer[] = [];
  #bytes = 0;

  /** @throws {@link CryptoError} `E_CRYPTO_INPUT` beyond 64 MiB */
  add(data: Uint8Array): void {
    this.#bytes += data.byteLength;
    if (this.#bytes > MAX_MESSAGE_BYTES)
      throw new CryptoError("E_CRYPTO_INPUT", "A message that is held until its end has at most 64 MiB.");
    this.#parts.push(Buffer.from(data));
  }

  take(): Buffer {
    const all = Buffer.concat(this.#parts);
    for (const part of this.#parts) part.fill(0);
    this.#parts = [];
    return all;
  }
}

/** What both directions watch over: one end, a key that is still there, a length. */
function watch(handle: KeyHandle): { part(data: Uint8Array): void; end(): void; readonly bytes: number } {
  let bytes = 0;
  let ended = false;
  const alive = (): void => {
    if (ended) throw new CryptoError("E_CRYPTO_INPUT", "The message has ended.");
    if (handle.destroyed) throw new CryptoError("E_CRYPTO_DESTROYED");
  };
  return {
    part(data) {
      alive();
      requireMessage(data);
      bytes += data.byteLength;
      if (bytes > MAX_STREAM_BYTES) throw new CryptoError("E_CRYPTO_LIMIT", undefined, { limit: MAX_STREAM_BYTES });
    },
    end() {
      alive();
      ended = true;
    },
    get bytes() {
      return bytes;
    },
  };
}

/**
 * Encrypts a message that comes in parts, in any mode {@link encryptWith} has; modes that need the whole message (CCM,
 * XTS, key wrap) hold it until its end.
 *
 * @throws {@link CryptoError} as `encryptWith`, at once or from `update` and `final`
 */
export function createCipher(handle: KeyHandle, params: CipherParams, permit: Permit = NO_PERMIT): CipherInParts {
  const plan = planEncryption(handle, "encrypt", params, permit);
  const watched = watch(handle);
  const iv = plan.mode.ivBytes > 0 ? { iv: Buffer.from(plan.run.iv) } : {};
  if (plan.mode.start === undefined) {
    const held = new Held();
    return {
      ...iv,
      update(data) {
        watched.part(data);
        held.add(data);
        return Buffer.alloc(0);
      },
      final() {
        watched.end();
        return withoutIv(encryptPlanned(plan, held.take()));
      },
    };
  }
  const stream = started(plan, true);
  return {
    ...iv,
    update(data) {
      watched.part(data);
      plan.count(data.byteLength);
      return attempt("E_CRYPTO_INPUT", () => stream.update(data));
    },
    final() {
      watched.end();
      const filling = fillingFor(plan.padding, watched.bytes, plan.mode.padBytes || 1);
      const last = filling.byteLength === 0 ? filling : stream.update(filling);
      stream.final();
      return withoutIv(encrypted(plan, last, plan.mode.tagBytes.length > 0 ? stream.tag() : undefined));
    },
  };
}

function withoutIv({ ciphertext, tag }: Encrypted): Pick<Encrypted, "ciphertext" | "tag"> {
  return tag === undefined ? { ciphertext } : { ciphertext, tag };
}

/**
 * Decrypts a message that comes in parts.
 *
 * A mode with a tag releases nothing before the tag has been checked: its message is held, up to 64 MiB, and all of it
 * comes from `final`. Padding keeps the last block back.
 *
 * @throws {@link CryptoError} as `decryptWith`, at once or from `update` and `final`
 */
export function createDecipher(handle: KeyHandle, params: DecipherParams, permit: Permit = NO_PERMIT): DecipherInParts {
  checkForms(params);
  const watched = watch(handle);
  const tagged = params.mode === "GCM" || params.mode === "CCM" || params.mode === "CHACHA20-POLY1305";
  // Without a tag yet, the checks that need none are made now, with a stand-in of the full size.
  const early = tagged && params.tag === undefined ? { ...params, tag: Buffer.alloc(params.tagBytes ?? 16) } : params;
  const plan = planDecryption(handle, "decrypt", early, permit);
  if (!tagged && plan.mode.start !== undefined) return decipherAsItComes(plan, watched);
  const held = new Held();
  return {
    update(data) {
      watched.part(data);
      held.add(data);
      return Buffer.alloc(0);
    },
    final(tag) {
      watched.end();
      if (tag !== undefined && params.tag !== undefined)
        throw new CryptoError("E_CRYPTO_INPUT", "The tag is given once.");
      const checked = tag === undefined ? params : { ...params, tag };
      return decryptPlanned(planDecryption(handle, "decrypt", checked, permit), held.take());
    },
  };
}

function decipherAsItComes(plan: CipherPlan, watched: ReturnType<typeof watch>): DecipherInParts {
  const stream = started(plan, false);
  const keepsLast = plan.padding !== "none";
  let last: Buffer = Buffer.alloc(0);
  return {
    update(data) {
      watched.part(data);
      const plaintext = attempt("E_DECRYPT", () => stream.update(data));
      if (!keepsLast || plaintext.byteLength === 0) return plaintext;
      const known = Buffer.concat([last, plaintext]);
      const before = known.byteLength - plan.mode.padBytes;
      last = known.subarray(before);
      return known.subarray(0, before);
    },
    final(tag) {
      if (tag !== undefined) throw new CryptoError("E_CRYPTO_INPUT", "The mode has no tag.");
      watched.end();
      attempt("E_DECRYPT", () => stream.final());
      return keepsLast ? unpadded(plan, last) : last;
    },
  };
}
