import type { KeyObject } from "node:crypto";
import { CryptoError } from "../errors.ts";
import { countUse, type KeyHandle, useKey } from "../handle/key-handle.ts";
import { takeGivenIv } from "../handle/used-ivs.ts";
import type { Algorithm } from "../policy/algorithm.ts";
import type { CipherRun, DecipherParams, ModeOfUse, Padding } from "../policy/cipher-params.ts";
import { GCM_IV_BYTES, MIN_TAG_BYTES } from "../policy/limits.ts";
import { type Permit, requireCurrent } from "../policy/permit.ts";
import type { KeyUsage } from "../policy/usage.ts";
import { takeIv } from "../random/random-bytes.ts";
import { paddingOf } from "./padding.ts";

/** One encryption or decryption after every check of policy. */
export interface CipherPlan {
  readonly key: KeyObject;
  readonly mode: ModeOfUse;
  readonly run: CipherRun;
  readonly padding: Padding;
  /** Counts blocks where the limit is one of blocks. Call before the output is given out. */
  readonly count: (bytes: number) => void;
}

const NOTHING = Buffer.alloc(0);

/**
 * Checks everything about an encryption that does not depend on its plaintext, and chooses the IV.
 *
 * @throws {@link CryptoError} `E_CRYPTO_USAGE`, `E_CRYPTO_DESTROYED`, `E_CRYPTO_ALGORITHM`, `E_CRYPTO_LEGACY`,
 * `E_CRYPTO_IV`, `E_CRYPTO_INPUT`, `E_CRYPTO_LIMIT`
 */
export function planEncryption(handle: KeyHandle, usage: KeyUsage, params: DecipherParams, permit: Permit): CipherPlan {
  const { key, algorithm, mode, padding } = choose(handle, usage, params, permit);
  requireHalf(key, "public");
  const given = params.iv;
  if (given !== undefined && !mode.positional && mode.ivBytes > 0 && permit.givenIv !== true)
    throw new CryptoError("E_CRYPTO_IV");
  if (mode.positional && given === undefined)
    throw new CryptoError("E_CRYPTO_INPUT", "The mode takes its position from the caller.");
  if (given !== undefined && !mode.ivFits(given.byteLength))
    throw new CryptoError("E_CRYPTO_INPUT", "The initialisation vector has another size.");
  const tagBytes = tagSize(mode, params.tagBytes, permit);
  const counted = mode.onceOnly ? 1 : 0;
  if (counted > 0) countUse(handle, counted, algorithm.invocationLimit);
  if (given !== undefined && mode.onceOnly) takeGivenIv(handle.id, given);
  const iv = given === undefined ? freshIv(mode.ivBytes) : Buffer.from(given);
  const count = (bytes: number): void => {
    if (algorithm.legacy) countUse(handle, Math.ceil(bytes / 8), algorithm.invocationLimit);
  };
  return { key, mode, padding, count, run: { iv, aad: params.aad ?? NOTHING, tagBytes, tag: null, params } };
}

/**
 * Checks everything about a decryption that is no secret.
 *
 * @throws {@link CryptoError} `E_CRYPTO_USAGE`, `E_CRYPTO_DESTROYED`, `E_CRYPTO_ALGORITHM`, `E_CRYPTO_LEGACY`,
 * `E_CRYPTO_INPUT`; `E_DECRYPT` for an IV or tag of an impossible size
 */
export function planDecryption(handle: KeyHandle, usage: KeyUsage, params: DecipherParams, permit: Permit): CipherPlan {
  const { key, mode, padding } = choose(handle, usage, params, permit);
  requireHalf(key, "private");
  const iv = params.iv ?? NOTHING;
  const tag = params.tag ?? null;
  const hasTag = mode.tagBytes.length > 0;
  if (!mode.ivFits(iv.byteLength) || hasTag !== (tag !== null)) throw new CryptoError("E_DECRYPT");
  if (hasTag && iv.byteLength !== GCM_IV_BYTES && mode.ivBytes === GCM_IV_BYTES && permit.givenIv !== true)
    throw new CryptoError("E_DECRYPT");
  if (tag !== null) {
    if (params.tagBytes !== undefined && params.tagBytes !== tag.byteLength) throw new CryptoError("E_DECRYPT");
    if (!mode.tagBytes.includes(tag.byteLength) || (tag.byteLength !== mode.tagBytes[0] && permit.shortTag !== true))
      throw new CryptoError("E_DECRYPT");
  }
  const run = { iv, aad: params.aad ?? NOTHING, tagBytes: tag?.byteLength ?? 0, tag, params };
  return { key, mode, padding, run, count: () => {} };
}

function choose(
  handle: KeyHandle,
  usage: KeyUsage,
  params: DecipherParams,
  permit: Permit,
): { key: KeyObject; algorithm: Algorithm; mode: ModeOfUse; padding: Padding } {
  const { key, algorithm } = useKey(handle, usage);
  checkForms(params);
  const mode = algorithm.modeOf?.(params.mode, key) ?? null;
  if (mode === null) throw new CryptoError("E_CRYPTO_ALGORITHM", "The key's algorithm has no such mode.");
  requireCurrent(mode.legacy || algorithm.legacy, permit, params.mode);
  requireCurrent(algorithm.isWeak?.(key) === true, permit, algorithm.name);
  if (mode.padBytes === 0 && params.padding !== undefined && params.padding !== "none")
    throw new CryptoError("E_CRYPTO_ALGORITHM", "The mode takes no padding.");
  if (mode.tagBytes.length === 0 && (params.aad !== undefined || params.tagBytes !== undefined))
    throw new CryptoError("E_CRYPTO_ALGORITHM", "The mode authenticates nothing.");
  return { key, algorithm, mode, padding: mode.padBytes === 0 ? "none" : paddingOf(params.padding) };
}

/** Public halves encrypt, private ones decrypt; a secret key does both. */
function requireHalf(key: KeyObject, half: "public" | "private"): void {
  if (key.type !== "secret" && key.type !== half) throw new CryptoError("E_CRYPTO_USAGE");
}

/** @throws {@link CryptoError} `E_CRYPTO_INPUT` for parameters that are no object or hold what should be bytes and is not */
export function checkForms(params: DecipherParams): void {
  if (typeof params !== "object" || params === null) throw new CryptoError("E_CRYPTO_INPUT");
  for (const bytes of [params.iv, params.aad, params.label, params.tag]) {
    if (bytes !== undefined && !(bytes instanceof Uint8Array))
      throw new CryptoError("E_CRYPTO_INPUT", "A parameter that should be bytes is none.");
  }
}

function tagSize(mode: ModeOfUse, asked: number | undefined, permit: Permit): number {
  const full = mode.tagBytes[0];
  if (full === undefined) return 0;
  const size = asked ?? full;
  if (!mode.tagBytes.includes(size) || size < MIN_TAG_BYTES)
    throw new CryptoError("E_CRYPTO_INPUT", "The mode has no tag of this size.");
  if (size !== full && permit.shortTag !== true)
    throw new CryptoError("E_CRYPTO_LEGACY", undefined, { tagBytes: size });
  return size;
}

function freshIv(size: number): Buffer {
  return size === 0 ? NOTHING : takeIv(size);
}
