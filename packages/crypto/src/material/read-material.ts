import { createSecretKey, type KeyObject, X509Certificate } from "node:crypto";
import { CryptoError } from "../errors.ts";
import type { Material, MaterialAttributes } from "../handle/key-handle.ts";
import type { Algorithm, MaterialFormat } from "../policy/algorithm.ts";
import { MAX_MATERIAL_BYTES } from "../policy/limits.ts";
import { algorithmNamed, isKeptAlgorithm } from "../provider/crypto.ts";

/** Formats by type of object; a private or public key of a kept-only algorithm is bytes in any of them. */
const FORMATS: Readonly<Record<MaterialAttributes["type"], readonly MaterialFormat[]>> = {
  "symmetric-key": ["raw"],
  "private-key": ["pkcs8", "pkcs1", "sec1", "raw"],
  "public-key": ["spki", "pkcs1", "raw"],
  "secret-data": ["raw"],
  opaque: ["raw"],
  certificate: ["x509", "pgp"],
  "pgp-key": ["pgp"],
  "split-key": ["raw", "pkcs8", "pkcs1", "sec1", "spki", "pgp"],
  template: ["raw"],
};

/** What was read, with the algorithm that will use it; null for material that is only kept. */
export interface ReadMaterial {
  readonly algorithm: Algorithm | null;
  readonly material: Material;
}

/**
 * Reads an encoding into runtime material. `bytes` is only read: the caller wipes it.
 *
 * @param fresh - True for what came from outside: the parts of a private key are checked against each other. Material
 * this package wrapped itself was checked when it came.
 * @throws {@link CryptoError} `E_CRYPTO_ALGORITHM`, `E_CRYPTO_INPUT`, `E_CRYPTO_KEY`
 */
export function readMaterial(
  bytes: Uint8Array,
  format: MaterialFormat,
  { type, algorithm: name }: Pick<MaterialAttributes, "type" | "algorithm">,
  fresh: boolean,
): ReadMaterial {
  if (!(bytes instanceof Uint8Array) || bytes.byteLength < 1 || bytes.byteLength > MAX_MATERIAL_BYTES)
    throw new CryptoError("E_CRYPTO_INPUT", "Material is bytes, between 1 byte and 1 MiB.");
  if (FORMATS[type]?.includes(format) !== true)
    throw new CryptoError("E_CRYPTO_INPUT", "The type of object has no such format.");
  const algorithm = algorithmFor(type, name);
  const copy = Buffer.from(bytes);
  try {
    if (type === "certificate" && format === "x509") requireCertificate(copy);
    if (algorithm === null || type === "symmetric-key") return { algorithm, material: keptAs(copy, format) };
    return { algorithm, material: readKey(algorithm, type, format, copy, fresh) };
  } catch (cause) {
    throw cause instanceof CryptoError ? cause : new CryptoError("E_CRYPTO_KEY");
  } finally {
    copy.fill(0);
  }
}

/** The algorithm that will use material of the type; null when it is kept only. */
function algorithmFor(type: MaterialAttributes["type"], name: string | null): Algorithm | null {
  const isKey = type === "symmetric-key" || type === "private-key" || type === "public-key";
  if (name !== null && isKeptAlgorithm(name)) return null;
  if (isKey) {
    if (name === null) throw new CryptoError("E_CRYPTO_ALGORITHM", "A key names its algorithm.");
    return algorithmNamed(name);
  }
  if (name !== null) algorithmNamed(name); // the words of a split key or certificate are on the list all the same
  return null;
}

function keptAs(bytes: Buffer, format: MaterialFormat): Material {
  return { key: createSecretKey(bytes), format, original: null };
}

function readKey(
  algorithm: Algorithm,
  type: MaterialAttributes["type"],
  format: MaterialFormat,
  bytes: Buffer,
  fresh: boolean,
): Material {
  if (type !== "private-key" && type !== "public-key") throw new CryptoError("E_CRYPTO_ALGORITHM");
  if (algorithm.readAsymmetric === undefined) throw new CryptoError("E_CRYPTO_ALGORITHM");
  const key: KeyObject = algorithm.readAsymmetric(type, format, bytes);
  algorithm.bitsOf(key);
  if (fresh && type === "private-key" && algorithm.isConsistent?.(key) === false)
    throw new CryptoError("E_CRYPTO_KEY", "The parts of the private key do not belong together.");
  const written = algorithm.writeAsymmetric?.(key, format) ?? null;
  const same = written?.equals(bytes) === true;
  written?.fill(0);
  return { key, format, original: same ? null : createSecretKey(bytes) };
}

/** @throws anything unless the bytes are one X.509 certificate and nothing after it */
function requireCertificate(bytes: Buffer): void {
  if (!new X509Certificate(bytes).raw.equals(bytes)) throw new CryptoError("E_CRYPTO_KEY");
}
