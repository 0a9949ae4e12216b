import { timingSafeEqual } from "node:crypto";
import { requireMessage } from "../cipher/encrypt-with.ts";
import { CryptoError } from "../errors.ts";
import { countUse, type KeyHandle, useKey } from "../handle/key-handle.ts";
import { takeGivenIv } from "../handle/used-ivs.ts";
import type { Algorithm, MacAlgorithm, MacPrimitive } from "../policy/algorithm.ts";
import type { HashAlgorithm } from "../policy/hash.ts";
import { GCM_IV_BYTES, MIN_TAG_BYTES } from "../policy/limits.ts";
import { NO_PERMIT, type Permit, requireCurrent } from "../policy/permit.ts";
import { hmacOf, isHmacWith } from "../provider/crypto.ts";
import { takeIv } from "../random/random-bytes.ts";

/** Parameters of one MAC. */
export interface MacParams {
  /** HMAC of an HMAC key's own hash, or of a hash that is named under an AES key; CMAC of an AES or 3DES key; GMAC of an AES key. */
  readonly algorithm: MacAlgorithm;
  /** Hash function of HMAC: needed under an AES key, which has none of its own. */
  readonly hash?: HashAlgorithm;
  /** Leftmost bytes kept; all of them when absent. */
  readonly bytes?: number;
  /** GMAC: absent in {@link mac} for a fresh one; needed in {@link verifyMac}. */
  readonly iv?: Uint8Array;
}

const NOTHING = Buffer.alloc(0);

/**
 * Authenticates data.
 *
 * @throws {@link CryptoError} `E_CRYPTO_USAGE`, `E_CRYPTO_DESTROYED`, `E_CRYPTO_ALGORITHM`, `E_CRYPTO_LEGACY` for
 * HMAC-MD5, 3DES, keys below 112 bits and truncated MACs, `E_CRYPTO_IV`, `E_CRYPTO_INPUT`, `E_CRYPTO_LIMIT`
 * @see FIPS 198-1; SP 800-38B; SP 800-38D section 3
 */
export function mac(
  handle: KeyHandle,
  params: MacParams,
  data: Uint8Array,
  permit: Permit = NO_PERMIT,
): { readonly mac: Buffer; readonly iv?: Buffer } {
  const { key, algorithm } = useKey(handle, "mac");
  const primitive = primitiveOf(algorithm, params, permit);
  requireCurrent(algorithm.isWeak?.(key) === true, permit, algorithm.name);
  const bytes = macBytes(primitive, params, permit);
  requireMessage(data);
  if (primitive.algorithm !== "GMAC") return { mac: primitive.compute(key, data, NOTHING).subarray(0, bytes) };
  if (params.iv !== undefined && permit.givenIv !== true) throw new CryptoError("E_CRYPTO_IV");
  countUse(handle, 1, algorithm.invocationLimit);
  if (params.iv !== undefined) takeGivenIv(handle.id, params.iv);
  const iv = params.iv === undefined ? takeIv() : Buffer.from(params.iv);
  return { mac: primitive.compute(key, data, iv).subarray(0, bytes), iv };
}

/**
 * Tells in constant time whether a MAC is the key's over the data; one of another size than the parameters say is not.
 *
 * @throws {@link CryptoError} as {@link mac}, and never for anything about the MAC itself
 */
export function verifyMac(
  handle: KeyHandle,
  params: MacParams,
  data: Uint8Array,
  given: Uint8Array,
  permit: Permit = NO_PERMIT,
): boolean {
  const { key, algorithm } = useKey(handle, "verifymac");
  const primitive = primitiveOf(algorithm, params, permit);
  const bytes = macBytes(primitive, params, permit);
  requireMessage(data);
  requireMessage(given);
  if (primitive.algorithm === "GMAC" && params.iv === undefined)
    throw new CryptoError("E_CRYPTO_INPUT", "GMAC is verified with its initialisation vector.");
  const expected = primitive.compute(key, data, params.iv ?? NOTHING).subarray(0, bytes);
  return given.byteLength === expected.byteLength && timingSafeEqual(given, expected);
}

function primitiveOf({ macs, name }: Algorithm, params: MacParams, permit: Permit): MacPrimitive {
  if (typeof params !== "object" || params === null) throw new CryptoError("E_CRYPTO_INPUT");
  const own = macs?.find(({ algorithm }) => algorithm === params.algorithm);
  const found = own ?? (macs !== undefined && params.algorithm === "HMAC" ? hmacOf(params.hash) : undefined);
  if (own !== undefined && params.hash !== undefined && !isHmacWith(name, params.hash))
    throw new CryptoError("E_CRYPTO_ALGORITHM", "The key's algorithm has another hash function.");
  if (found === undefined) throw new CryptoError("E_CRYPTO_ALGORITHM", "The key's algorithm has no such MAC.");
  requireCurrent(found.legacy, permit, params.algorithm);
  const { iv } = params;
  const ivFits = iv === undefined || (iv instanceof Uint8Array && iv.byteLength === GCM_IV_BYTES);
  if (!ivFits || (iv !== undefined && found.algorithm !== "GMAC"))
    throw new CryptoError("E_CRYPTO_INPUT", "Only GMAC takes an initialisation vector, of 12 bytes.");
  return found;
}

function macBytes({ bytes }: MacPrimitive, params: MacParams, permit: Permit): number {
  const asked = params.bytes ?? bytes;
  if (!Number.isSafeInteger(asked) || asked < MIN_TAG_BYTES || asked > bytes)
    throw new CryptoError("E_CRYPTO_INPUT", "The MAC has no such size.");
  if (asked !== bytes && permit.shortTag !== true)
    throw new CryptoError("E_CRYPTO_LEGACY", undefined, { bytes: asked });
  return asked;
}
