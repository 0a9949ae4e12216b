import type { ProviderCrypto } from "webcrypto-core";
import { CryptoError } from "../errors.ts";
import { KeyHandle, type MaterialAttributes } from "../handle/key-handle.ts";
import type { Permit } from "../policy/permit.ts";
import type { KeyUsage, MaterialType } from "../policy/usage.ts";

/** Identity of keys made through WebCrypto's own calls: nothing refers to them, they live as long as the process. */
export const EPHEMERAL = Object.freeze({ keyId: `k_${"a".repeat(26)}`, version: 1 });

/** WebCrypto's caller always gives the IV; that none serves twice with GCM is watched all the same. */
export const FACE_PERMIT: Permit = Object.freeze({ givenIv: true });

const WORDS: Readonly<Record<string, readonly KeyUsage[]>> = {
  encrypt: ["encrypt"],
  decrypt: ["decrypt"],
  wrapKey: ["wrap"],
  unwrapKey: ["unwrap"],
  sign: ["sign"],
  verify: ["verify"],
  deriveKey: ["derive"],
  deriveBits: ["derive"],
};
const MAC_WORDS: Readonly<Record<string, readonly KeyUsage[]>> = { sign: ["mac"], verify: ["verifymac"] };

/** WebCrypto's usages as key records say them. @throws {@link CryptoError} `E_CRYPTO_USAGE` */
export function usagesFrom(usages: readonly string[], ofMac = false): readonly KeyUsage[] {
  const words = usages.flatMap((usage) => (ofMac ? MAC_WORDS : WORDS)[usage] ?? refuse());
  return [...new Set(words)];
}

function refuse(): never {
  throw new CryptoError("E_CRYPTO_USAGE");
}

/** Attributes of a key made through WebCrypto's own calls. */
export function ephemeral(
  type: MaterialType,
  algorithm: string | null,
  usages: readonly KeyUsage[],
  extractable: boolean,
): MaterialAttributes {
  return { id: EPHEMERAL, type, algorithm, usages, extractable: extractable === true };
}

/** @throws {@link CryptoError} `E_CRYPTO_KEY` for what is no handle of this package */
export function asHandle(key: unknown): KeyHandle {
  if (!(key instanceof KeyHandle))
    throw new CryptoError("E_CRYPTO_KEY", "The key is not one of this package's handles.");
  return key;
}

/** A view of a buffer source, without a copy. @throws {@link CryptoError} `E_CRYPTO_INPUT` */
export function bytesOf(source: unknown): Uint8Array {
  if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  throw new CryptoError("E_CRYPTO_INPUT");
}

/** A buffer of its own, as WebCrypto answers. `bytes` is wiped when it is a secret of ours. */
export function answer(bytes: Uint8Array, secret = false): ArrayBuffer {
  const out = new Uint8Array(bytes);
  if (secret) bytes.fill(0);
  return out.buffer;
}

/**
 * A provider of webcrypto-core with this package's operations. What it leaves out answers that it is not offered.
 *
 * The base classes check names, parameters and forms; their abstract members are absent at run time.
 */
export function faceOn<T extends ProviderCrypto>(Base: abstract new () => T, own: Partial<T>): T {
  return Object.assign(new (Base as new () => T)(), own);
}
