import { createCipheriv, type KeyObject } from "node:crypto";
import { CryptoError } from "../errors.ts";
import type { Algorithm, KeyAlgorithm } from "../policy/algorithm.ts";
import { GCM_RANDOM_IV_INVOCATIONS } from "../policy/limits.ts";
import type { KeyUsage } from "../policy/usage.ts";
import { aeadOf } from "./aead.ts";
import { aesMode, xtsMode } from "./block-modes.ts";
import { cmacOf, gmac } from "./cmac.ts";

const USAGES: readonly KeyUsage[] = ["encrypt", "decrypt", "wrap", "unwrap", "mac", "verifymac", "derive"];

/** AES in every mode of use on the allow-list. @see FIPS 197 */
export const aesAlgorithms: readonly Algorithm[] = ([128, 192, 256] as const).map((bits) => ({
  name: `AES-${bits}`,
  legacy: false,
  usages: { "symmetric-key": USAGES },
  webcrypto: () => ({ name: "AES-GCM", length: bits }),
  bitsOf: (key) => exactBits(key, bits),
  invocationLimit: GCM_RANDOM_IV_INVOCATIONS,
  newSecretBytes: () => bits / 8,
  aead: aeadOf(`aes-${bits}-gcm`),
  modeOf: aesMode,
  macs: [cmacOf(`aes-${bits}-cbc`, 16, false), gmac(`aes-${bits}-gcm`)],
  checkValue: (key) => zeroBlock(`aes-${bits}-ecb`, key, 16).subarray(0, 3),
}));

/** AES-XTS, whose key is two AES keys side by side. @see SP 800-38E */
export const aesXtsAlgorithms: readonly Algorithm[] = ([128, 256] as const).map((bits) => ({
  name: `AES-${bits}-XTS` satisfies KeyAlgorithm,
  legacy: false,
  usages: { "symmetric-key": ["encrypt", "decrypt"] },
  webcrypto: () => ({ name: "AES-XTS", length: bits * 2 }),
  bitsOf: (key) => distinctHalves(key, bits * 2),
  invocationLimit: 0,
  newSecretBytes: () => bits / 4,
  modeOf: xtsMode,
}));

/** @throws {@link CryptoError} `E_CRYPTO_KEY` for a key that is not secret or has another size */
export function exactBits(key: KeyObject, bits: number): number {
  if (key.type !== "secret") throw new CryptoError("E_CRYPTO_KEY");
  const bytes = key.symmetricKeySize ?? 0;
  if (bytes * 8 === bits) return bits;
  throw new CryptoError("E_CRYPTO_KEY", `It is of ${bytes} bytes; a key of this algorithm has ${bits / 8}.`);
}

/** FIPS 140-3 implementation guidance C.I: the two keys of XTS differ. */
function distinctHalves(key: KeyObject, bits: number): number {
  exactBits(key, bits);
  const bytes = key.export();
  const same = bytes.subarray(0, bits / 16).equals(bytes.subarray(bits / 16));
  bytes.fill(0);
  if (same) throw new CryptoError("E_CRYPTO_KEY", "The two halves of an XTS key differ.");
  return bits;
}

/** The zero block enciphered: what key check values are cut from. */
export function zeroBlock(cipherName: string, key: KeyObject, blockBytes: number): Buffer {
  const cipher = createCipheriv(cipherName, key, null);
  cipher.setAutoPadding(false);
  return Buffer.concat([cipher.update(Buffer.alloc(blockBytes)), cipher.final()]);
}
