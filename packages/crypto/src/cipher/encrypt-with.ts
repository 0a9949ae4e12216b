import { CryptoError, isOfToken } from "../errors.ts";
import type { KeyHandle } from "../handle/key-handle.ts";
import type { CipherParams, CipherStream, DecipherParams, Encrypted } from "../policy/cipher-params.ts";
import { MAX_MESSAGE_BYTES } from "../policy/limits.ts";
import { NO_PERMIT, type Permit } from "../policy/permit.ts";
import type { KeyUsage } from "../policy/usage.ts";
import { type CipherPlan, planDecryption, planEncryption } from "./cipher-plan.ts";
import { fillingFor, unpaddedLength } from "./padding.ts";

/**
 * Encrypts in the mode asked for. A fresh random IV is made when none is given.
 *
 * For AES-GCM without parameters the handle's own {@link KeyHandle.encryptSync} is the shorter way.
 *
 * @returns The ciphertext without IV and tag, which stand beside it.
 * @throws {@link CryptoError} `E_CRYPTO_USAGE`, `E_CRYPTO_DESTROYED`, `E_CRYPTO_ALGORITHM` for a mode, padding or hash
 * the key has not, `E_CRYPTO_LEGACY`, `E_CRYPTO_IV` for a given IV that is not permitted or was used, `E_CRYPTO_INPUT`,
 * `E_CRYPTO_LIMIT`
 * @see SP 800-38A, 38C, 38D, 38E, 38F; RFC 8439; RFC 8017
 */
export function encryptWith(
  handle: KeyHandle,
  params: CipherParams,
  data: Uint8Array,
  permit: Permit = NO_PERMIT,
): Encrypted {
  return encryptUnder(handle, "encrypt", params, data, permit);
}

/**
 * Decrypts what {@link encryptWith} or another implementation made, with the tag in the parameters.
 *
 * A wrong tag, padding, length or key is one answer. RSA PKCS#1 v1.5 gives random bytes for a wrong padding.
 *
 * @throws {@link CryptoError} `E_DECRYPT` for everything that does not open; `E_CRYPTO_USAGE`, `E_CRYPTO_DESTROYED`,
 * `E_CRYPTO_ALGORITHM`, `E_CRYPTO_LEGACY`, `E_CRYPTO_INPUT` for what is wrong before anything secret is touched
 */
export function decryptWith(
  handle: KeyHandle,
  params: DecipherParams,
  data: Uint8Array,
  permit: Permit = NO_PERMIT,
): Buffer {
  return decryptUnder(handle, "decrypt", params, data, permit);
}

/** Encrypts under a key that has the usage. Inside this package only. */
export function encryptUnder(
  handle: KeyHandle,
  usage: KeyUsage,
  params: CipherParams,
  data: Uint8Array,
  permit: Permit,
): Encrypted {
  requireMessage(data);
  return encryptPlanned(planEncryption(handle, usage, params, permit), data);
}

/** Encrypts a whole message after every check. Inside this package only. */
export function encryptPlanned(plan: CipherPlan, data: Uint8Array): Encrypted {
  const { mode, key, run, padding } = plan;
  const { whole } = mode;
  const filling = fillingFor(padding, data.byteLength, mode.padBytes || 1);
  plan.count(data.byteLength + filling.byteLength);
  if (whole !== undefined) {
    const { output, tag } = attempt("E_CRYPTO_INPUT", () => whole(key, run, data, true));
    return encrypted(plan, output, tag);
  }
  const stream = started(plan, true);
  const ciphertext = attempt("E_CRYPTO_INPUT", () => updated(stream, data, filling));
  stream.final();
  return encrypted(plan, ciphertext, mode.tagBytes.length > 0 ? stream.tag() : undefined);
}

/** Up to this size a copy with its padding costs less than a second call of the cipher. */
const COPIED_BYTES = 16 * 1024;

function updated(stream: CipherStream, data: Uint8Array, filling: Uint8Array): Buffer {
  if (filling.byteLength === 0) return stream.update(data);
  if (data.byteLength > COPIED_BYTES) return Buffer.concat([stream.update(data), stream.update(filling)]);
  const padded = Buffer.concat([data, filling]);
  try {
    return stream.update(padded);
  } finally {
    padded.fill(0);
  }
}

/** Decrypts under a key that has the usage. Inside this package only. */
export function decryptUnder(
  handle: KeyHandle,
  usage: KeyUsage,
  params: DecipherParams,
  data: Uint8Array,
  permit: Permit,
): Buffer {
  const plan = planDecryption(handle, usage, params, permit);
  requireMessage(data);
  return decryptPlanned(plan, data);
}

/** Decrypts a whole message after every check. Inside this package only. @throws {@link CryptoError} `E_DECRYPT` */
export function decryptPlanned(plan: CipherPlan, data: Uint8Array): Buffer {
  const { mode, key, run, padding } = plan;
  const { whole } = mode;
  if (whole !== undefined) return attempt("E_DECRYPT", () => whole(key, run, data, false)).output;
  if (mode.padBytes > 0 && data.byteLength % mode.padBytes !== 0) throw new CryptoError("E_DECRYPT");
  const stream = started(plan, false);
  const plaintext = attempt("E_DECRYPT", () => stream.update(data));
  try {
    stream.final();
  } catch {
    plaintext.fill(0); // SP 800-38D section 7.2: nothing of an inauthentic message is released
    throw new CryptoError("E_DECRYPT");
  }
  return padding === "none" ? plaintext : unpadded(plan, plaintext);
}

/** Takes the padding off the last block; what is left of it is wiped. @throws `E_DECRYPT` */
export function unpadded({ padding, mode }: CipherPlan, plaintext: Buffer): Buffer {
  if (plaintext.byteLength === 0) {
    if (padding === "zeros") return plaintext;
    throw new CryptoError("E_DECRYPT");
  }
  const before = plaintext.byteLength - mode.padBytes;
  const left = unpaddedLength(padding, plaintext.subarray(before));
  if (left < 0) {
    plaintext.fill(0);
    throw new CryptoError("E_DECRYPT");
  }
  return plaintext.subarray(0, before + left);
}

/** Puts a plan in motion. @throws {@link CryptoError} `E_CRYPTO_ALGORITHM` for a mode that takes everything at once */
export function started({ mode, key, run }: CipherPlan, encrypting: boolean): CipherStream {
  const { start } = mode;
  if (start === undefined) throw new CryptoError("E_CRYPTO_ALGORITHM", "The mode takes its data at once.");
  return attempt(encrypting ? "E_CRYPTO_INPUT" : "E_DECRYPT", () => start(key, run, encrypting));
}

/** The answer of an encryption: IV and tag where the mode has them. */
export function encrypted({ mode, run }: CipherPlan, ciphertext: Buffer, tag: Buffer | undefined): Encrypted {
  if (mode.ivBytes === 0) return tag === undefined ? { ciphertext } : { ciphertext, tag };
  // A plan to encrypt has an IV of its own, never the caller's bytes.
  const iv = Buffer.isBuffer(run.iv) ? run.iv : Buffer.from(run.iv);
  return tag === undefined ? { ciphertext, iv } : { ciphertext, iv, tag };
}

/** @throws {@link CryptoError} `E_CRYPTO_INPUT` for what is no bytes or more than 64 MiB */
export function requireMessage(data: Uint8Array): void {
  if (!(data instanceof Uint8Array) || data.byteLength > MAX_MESSAGE_BYTES)
    throw new CryptoError("E_CRYPTO_INPUT", "Data are bytes, at most 64 MiB.");
}

/** Every fault of the primitive is one refusal; ours keep their code unless the answer must be `E_DECRYPT`. */
export function attempt<T>(code: "E_CRYPTO_INPUT" | "E_DECRYPT", work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const told = cause instanceof CryptoError && (cause.code === "E_CRYPTO_ALGORITHM" || isOfToken(cause));
    if (told || (cause instanceof CryptoError && code !== "E_DECRYPT")) throw cause;
    throw new CryptoError(code);
  }
}
