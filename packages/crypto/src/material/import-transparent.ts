import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { CryptoError } from "../errors.ts";
import { type KeyHandle, type MaterialAttributes, makeKeyHandle } from "../handle/key-handle.ts";
import { bytesOf, integerOf } from "../numbers/big-integer.ts";
import { completed, jwkOf, type RsaNumbers } from "../numbers/rsa-numbers.ts";
import type { Algorithm } from "../policy/algorithm.ts";
import { algorithmNamed } from "../provider/crypto.ts";
import type { ComponentName } from "./components.ts";
import { importMaterial } from "./import-material.ts";

/** A key as its numbers: big-endian bytes, leading zeros or not. `q` of an elliptic-curve key is its encoded point. */
export type TransparentKey = Readonly<Partial<Record<ComponentName, Uint8Array>>>;

const MAX_COMPONENT_BYTES = 2048;

/**
 * Takes a key given as its numbers, with the same checks as any other encoding.
 *
 * RSA: `n` and `e`; for a private key `n` with `d` and `e`, or with `p`, `q` and one of the two: what is absent is
 * computed. Elliptic curves: `d`, or the point as `q` (or `x` and `y`); when a private key gives both, they must agree. Symmetric: `key`.
 *
 * @throws {@link CryptoError} `E_CRYPTO_ALGORITHM`, `E_CRYPTO_KEY`, `E_CRYPTO_USAGE`, `E_CRYPTO_INPUT`
 */
export function importTransparent(components: TransparentKey, attributes: MaterialAttributes): KeyHandle {
  requireComponents(components);
  if (attributes.type === "symmetric-key") return importMaterial(needed(components, "key"), "raw", attributes);
  const half = attributes.type;
  if (half !== "private-key" && half !== "public-key")
    throw new CryptoError("E_CRYPTO_INPUT", "Only keys have numbers.");
  const name = attributes.algorithm ?? "";
  if (name === "RSA" || name.startsWith("RSA-")) return importRsa(components, attributes);
  return importPoint(components, attributes);
}

function importRsa(components: TransparentKey, attributes: MaterialAttributes): KeyHandle {
  const algorithm = algorithmNamed(attributes.algorithm ?? "");
  const numbers: Partial<Record<keyof RsaNumbers, bigint>> = {};
  for (const name of ["n", "e", "d", "p", "q", "dp", "dq", "qi"] as const) {
    const bytes = components[name];
    if (bytes !== undefined) numbers[name] = integerOf(bytes);
  }
  const { n, e } = numbers;
  const isPrivate = attributes.type === "private-key";
  if (n === undefined || (!isPrivate && (e === undefined || Object.keys(numbers).length !== 2)))
    throw new CryptoError("E_CRYPTO_INPUT", "An RSA key has n, and a public one e and nothing else.");
  let key: KeyObject;
  try {
    key = isPrivate
      ? createPrivateKey({ key: jwkOf(completed({ ...numbers, n })), format: "jwk" })
      : createPublicKey({ key: jwkOf({ n, ...(e === undefined ? {} : { e }) }), format: "jwk" });
    algorithm.bitsOf(key);
  } catch (cause) {
    throw cause instanceof CryptoError ? cause : new CryptoError("E_CRYPTO_KEY");
  }
  if (isPrivate && algorithm.isConsistent?.(key) !== true)
    throw new CryptoError("E_CRYPTO_KEY", "The parts of the private key do not belong together.");
  return makeKeyHandle(algorithm, { key, format: "pkcs1", original: null }, attributes);
}

function importPoint(components: TransparentKey, attributes: MaterialAttributes): KeyHandle {
  const algorithm = algorithmNamed(attributes.algorithm ?? "");
  const point = pointOf(components);
  if (attributes.type === "public-key") {
    if (point === null) throw new CryptoError("E_CRYPTO_INPUT", "A public key has a point.");
    return importMaterial(point, "raw", attributes);
  }
  const scalar = scalarOf(needed(components, "d"), algorithm);
  try {
    if (point !== null && !belongTogether(algorithm, scalar, point))
      throw new CryptoError("E_CRYPTO_KEY", "The parts of the private key do not belong together.");
    return importMaterial(scalar, "raw", attributes);
  } finally {
    scalar.fill(0);
  }
}

/** The encoded point: as given, or uncompressed of its coordinates. */
function pointOf({ q, x, y }: TransparentKey): Uint8Array | null {
  if (q !== undefined) return q;
  if (x === undefined) return null;
  return y === undefined ? x : Buffer.concat([Buffer.of(4), x, y]);
}

/** The scalar in the size of the curve, whatever leading zeros came with it. */
function scalarOf(given: Uint8Array, { scalarBytes }: Algorithm): Buffer {
  if (scalarBytes === undefined) throw new CryptoError("E_CRYPTO_INPUT", "The algorithm's keys have no such form.");
  const value = integerOf(given);
  if (value >= 1n << BigInt(scalarBytes * 8)) throw new CryptoError("E_CRYPTO_KEY");
  return bytesOf(value, scalarBytes);
}

function belongTogether(algorithm: Algorithm, scalar: Buffer, point: Uint8Array): boolean {
  try {
    const privateKey = algorithm.readAsymmetric?.("private-key", "raw", scalar);
    const publicKey = algorithm.readAsymmetric?.("public-key", "raw", Buffer.from(point));
    return privateKey !== undefined && publicKey !== undefined && createPublicKey(privateKey).equals(publicKey);
  } catch {
    return false;
  }
}

function needed(components: TransparentKey, name: ComponentName): Uint8Array {
  const bytes = components[name];
  if (bytes === undefined) throw new CryptoError("E_CRYPTO_INPUT", "A number of the key is missing.");
  return bytes;
}

function requireComponents(components: TransparentKey): void {
  const values: unknown[] = typeof components === "object" && components !== null ? Object.values(components) : [];
  const fit = values.every((value) => value instanceof Uint8Array && value.byteLength <= MAX_COMPONENT_BYTES);
  if (values.length === 0 || !fit) throw new CryptoError("E_CRYPTO_INPUT", "A key's numbers are bytes.");
}
