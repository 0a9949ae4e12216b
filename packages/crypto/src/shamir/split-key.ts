import { CryptoError } from "../errors.ts";
import { insideOf, type KeyHandle, type MaterialAttributes } from "../handle/key-handle.ts";
import { encodeMaterial } from "../material/encode-material.ts";
import { importMaterial } from "../material/import-material.ts";
import type { MaterialFormat } from "../policy/algorithm.ts";
import type { Threshold } from "./share-bytes.ts";
import { joinSecret, type SplitMethod, splitSecret } from "./split-secret.ts";

/** How a key is split, and what each of its parts is. */
export interface KeySplit {
  readonly how: SplitMethod;
  readonly threshold: Threshold;
  /** What a part is, by its index from 1. It leaves only where its key may. */
  readonly attributes: (index: number) => MaterialAttributes;
}

/**
 * Splits a key into parts that are handles themselves. No bytes come to the caller.
 *
 * @throws {@link CryptoError} `E_NOT_EXTRACTABLE` for parts that could leave where the key may not; `E_CRYPTO_INPUT`,
 * `E_CRYPTO_DESTROYED`
 */
export function splitKey(handle: KeyHandle, { how, threshold, attributes }: KeySplit): KeyHandle[] {
  const secret = encodeMaterial(handle);
  const shares = (() => {
    try {
      return splitSecret(secret, how, threshold);
    } finally {
      secret.fill(0);
    }
  })();
  try {
    return shares.map(({ index, bytes }) => {
      const part = attributes(index);
      if (part.extractable && !handle.extractable) throw new CryptoError("E_NOT_EXTRACTABLE");
      return importMaterial(bytes, "raw", part);
    });
  } finally {
    for (const { bytes } of shares) bytes.fill(0);
  }
}

/** Parts of a key, and how they were made. */
export interface KeyParts {
  readonly parts: readonly { readonly index: number; readonly handle: KeyHandle }[];
  readonly how: SplitMethod;
  /** The form in which the key was split. */
  readonly format: MaterialFormat;
  /** Size of the key's bytes in that form, where the method does not keep it. */
  readonly bytes: number;
}

/**
 * Makes a key of its parts. Parts that do not belong together make another key, or none.
 *
 * @throws {@link CryptoError} `E_NOT_EXTRACTABLE` for a key that could leave where one of its parts may not; `E_DECRYPT`
 * for parts that make no key; `E_CRYPTO_INPUT`, `E_CRYPTO_DESTROYED`
 */
export function joinKey({ parts, how, format, bytes }: KeyParts, attributes: MaterialAttributes): KeyHandle {
  if (attributes.extractable && parts.some(({ handle }) => !handle.extractable))
    throw new CryptoError("E_NOT_EXTRACTABLE");
  const shares = parts.map(({ index, handle }) => ({ index, bytes: insideOf(handle).material.key.export() }));
  try {
    const secret = joinSecret(shares, how, bytes);
    try {
      return importMaterial(secret, format, attributes);
    } catch (cause) {
      throw cause instanceof CryptoError && cause.code === "E_CRYPTO_KEY" ? new CryptoError("E_DECRYPT") : cause;
    } finally {
      secret.fill(0);
    }
  } finally {
    for (const share of shares) share.bytes.fill(0);
  }
}
