import { createHmac } from "node:crypto";
import { CryptoError } from "../errors.ts";
import type { Algorithm, KeyAlgorithm, MacPrimitive } from "../policy/algorithm.ts";
import { type HashAlgorithm, hashNamed } from "../policy/hash.ts";
import { MAX_MATERIAL_BYTES, MIN_MAC_KEY_BYTES } from "../policy/limits.ts";

const NAMES: readonly [KeyAlgorithm, HashAlgorithm][] = [
  ["HMAC-MD5", "MD5"],
  ["HMAC-SHA1", "SHA-1"],
  ["HMAC-SHA224", "SHA-224"],
  ["HMAC-SHA256", "SHA-256"],
  ["HMAC-SHA384", "SHA-384"],
  ["HMAC-SHA512", "SHA-512"],
  ["HMAC-SHA512-224", "SHA-512/224"],
  ["HMAC-SHA512-256", "SHA-512/256"],
  ["HMAC-SHA3-224", "SHA3-224"],
  ["HMAC-SHA3-256", "SHA3-256"],
  ["HMAC-SHA3-384", "SHA3-384"],
  ["HMAC-SHA3-512", "SHA3-512"],
];

/** HMAC, one algorithm a hash function. No key check value: an imported key may be short enough to guess. @see FIPS 198-1 */
export const hmacAlgorithms: readonly Algorithm[] = NAMES.map(([name, hashName]) => {
  const { bytes } = hashNamed(hashName);
  const legacy = hashName === "MD5";
  return {
    name,
    legacy,
    usages: { "symmetric-key": ["mac", "verifymac", "derive"] },
    webcrypto: (bits) => ({ name: "HMAC", hash: Object.freeze({ name: hashName }), length: bits }),
    bitsOf: (key) => {
      const size = key.symmetricKeySize ?? 0;
      if (key.type !== "secret" || size < 1 || size > MAX_MATERIAL_BYTES) throw new CryptoError("E_CRYPTO_KEY");
      return size * 8;
    },
    isWeak: (key) => (key.symmetricKeySize ?? 0) < MIN_MAC_KEY_BYTES,
    invocationLimit: 0,
    newSecretBytes: (bits = bytes * 8) => {
      if (!Number.isSafeInteger(bits) || bits % 8 !== 0 || bits < MIN_MAC_KEY_BYTES * 8 || bits > 8192)
        throw new CryptoError("E_CRYPTO_INPUT", "A MAC key has between 112 and 8192 bits, in whole bytes.");
      return bits / 8;
    },
    macs: [hmacOf(hashName)],
  };
});

/** HMAC of one hash function, for a key whose algorithm does not name it. @throws {@link CryptoError} `E_CRYPTO_ALGORITHM` */
export function hmacOf(name: HashAlgorithm | undefined): MacPrimitive {
  const { runtime, bytes } = hashNamed(name);
  return {
    algorithm: "HMAC",
    bytes,
    legacy: name === "MD5",
    compute: (key, data) => createHmac(runtime, key).update(data).digest(),
  };
}

/** Whether an algorithm is HMAC with this hash function. */
export function isHmacWith(algorithm: string, hash: HashAlgorithm): boolean {
  return NAMES.some(([name, hashName]) => name === algorithm && hashName === hash);
}
