import { CryptoError } from "../errors.ts";

/** Hash functions on the allow-list. MD5 and SHA-1 serve only where a policy permits what is legacy. */
export type HashAlgorithm =
  | "MD5"
  | "SHA-1"
  | "SHA-224"
  | "SHA-256"
  | "SHA-384"
  | "SHA-512"
  | "SHA-512/224"
  | "SHA-512/256"
  | "SHA3-224"
  | "SHA3-256"
  | "SHA3-384"
  | "SHA3-512";

/** What is known of a hash function. */
export interface HashFunction {
  readonly name: HashAlgorithm;
  /** The runtime's name for it. */
  readonly runtime: string;
  readonly bytes: number;
  /** Block of the compression function, which HMAC pads to; rate of the sponge. */
  readonly blockBytes: number;
  /** DER of its object identifier, without tag and length, hexadecimal. */
  readonly oid: string;
}

const hashFunction = (
  name: HashAlgorithm,
  runtime: string,
  bytes: number,
  blockBytes: number,
  oid: string,
): [string, HashFunction] => [name, Object.freeze({ name, runtime, bytes, blockBytes, oid })];

const HASHES: ReadonlyMap<string, HashFunction> = new Map([
  hashFunction("MD5", "md5", 16, 64, "2a864886f70d0205"),
  hashFunction("SHA-1", "sha1", 20, 64, "2b0e03021a"),
  hashFunction("SHA-224", "sha224", 28, 64, "608648016503040204"),
  hashFunction("SHA-256", "sha256", 32, 64, "608648016503040201"),
  hashFunction("SHA-384", "sha384", 48, 128, "608648016503040202"),
  hashFunction("SHA-512", "sha512", 64, 128, "608648016503040203"),
  hashFunction("SHA-512/224", "sha512-224", 28, 128, "608648016503040205"),
  hashFunction("SHA-512/256", "sha512-256", 32, 128, "608648016503040206"),
  hashFunction("SHA3-224", "sha3-224", 28, 144, "608648016503040207"),
  hashFunction("SHA3-256", "sha3-256", 32, 136, "608648016503040208"),
  hashFunction("SHA3-384", "sha3-384", 48, 104, "608648016503040209"),
  hashFunction("SHA3-512", "sha3-512", 64, 72, "60864801650304020a"),
]);

/** @throws {@link CryptoError} `E_CRYPTO_ALGORITHM` for any name not on the allow-list */
export function hashNamed(name: string | undefined): HashFunction {
  const found = typeof name === "string" ? HASHES.get(name) : undefined;
  if (found === undefined) throw new CryptoError("E_CRYPTO_ALGORITHM", "The hash function is not on the allow-list.");
  return found;
}
