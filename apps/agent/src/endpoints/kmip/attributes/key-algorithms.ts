import { ENUM } from "@holdfast/kmip";
import { refuse } from "../refused.ts";

const A = ENUM.CryptographicAlgorithm;
const C = ENUM.RecommendedCurve;

/** What KMIP says of a key. */
export interface KmipAlgorithm {
  /** A value of `ENUM.CryptographicAlgorithm`. */
  readonly algorithm: number;
  readonly length?: number | undefined;
  /** A value of `ENUM.RecommendedCurve`. */
  readonly curve?: number | undefined;
}

/** The same in the door's words. */
export interface DoorAlgorithm {
  readonly algorithm: string;
  readonly bits?: number;
}

/** Algorithms whose name says everything but the size. */
const PLAIN: readonly (readonly [number, string])[] = [
  [A.DES, "DES"],
  [A.DSA, "DSA"],
  [A.HMAC_SHA1, "HMAC-SHA1"],
  [A.HMAC_SHA224, "HMAC-SHA224"],
  [A.HMAC_SHA256, "HMAC-SHA256"],
  [A.HMAC_SHA384, "HMAC-SHA384"],
  [A.HMAC_SHA512, "HMAC-SHA512"],
  [A.HMAC_MD5, "HMAC-MD5"],
  [A.DH, "DH"],
  [A.ECMQV, "ECMQV"],
  [A.Blowfish, "Blowfish"],
  [A.Camellia, "Camellia"],
  [A.CAST5, "CAST5"],
  [A.IDEA, "IDEA"],
  [A.MARS, "MARS"],
  [A.RC2, "RC2"],
  [A.RC4, "RC4"],
  [A.RC5, "RC5"],
  [A.SKIPJACK, "SKIPJACK"],
  [A.Twofish, "Twofish"],
  [A.OneTimePad, "One-Time-Pad"],
  [A.ChaCha20, "ChaCha20"],
  [A.Poly1305, "Poly1305"],
  [A.ChaCha20Poly1305, "ChaCha20-Poly1305"],
  [A.HMAC_SHA3_224, "HMAC-SHA3-224"],
  [A.HMAC_SHA3_256, "HMAC-SHA3-256"],
  [A.HMAC_SHA3_384, "HMAC-SHA3-384"],
  [A.HMAC_SHA3_512, "HMAC-SHA3-512"],
  [A.ARIA, "ARIA"],
  [A.SEED, "SEED"],
  [A.SM2, "SM2"],
  [A.SM4, "SM4"],
  [A.GOSTR34_10_2012, "GOST"],
  [A.McEliece, "McEliece"],
  [A.Ed25519, "Ed25519"],
  [A.Ed448, "Ed448"],
];
const plainNames = new Map(PLAIN);
const plainNumbers = new Map(PLAIN.map(([number, name]) => [name, number]));

const CURVES: readonly (readonly [string, number, number])[] = [
  ["EC-P256", C.P_256, 256],
  ["EC-P384", C.P_384, 384],
  ["EC-P521", C.P_521, 521],
  ["EC-secp256k1", C.SECP256K1, 256],
];
const ELLIPTIC: ReadonlySet<number> = new Set([A.EC, A.ECDSA, A.ECDH]);
const RSA_SIZES: ReadonlySet<number> = new Set([1024, 2048, 3072, 4096]);
const AES_SIZES: ReadonlySet<number> = new Set([128, 192, 256]);

/**
 * The door's name of an algorithm.
 *
 * @throws KmipRefusedError for an algorithm, size or curve that is not served
 */
export function doorAlgorithm({ algorithm, length, curve }: KmipAlgorithm): DoorAlgorithm {
  const bits = length === undefined ? {} : { bits: length };
  if (algorithm === A.AES) {
    if (length === undefined || !AES_SIZES.has(length)) refuse("InvalidField", "AES keys have 128, 192 or 256 bits.");
    return { algorithm: `AES-${length}`, bits: length };
  }
  if (algorithm === A.RSA) return { algorithm: RSA_SIZES.has(length ?? 0) ? `RSA-${length}` : "RSA", ...bits };
  if (algorithm === A.DES3) return tripleDes(length);
  if (algorithm === A.DES) return { algorithm: "DES", bits: 64 };
  if (ELLIPTIC.has(algorithm)) return elliptic({ length, curve });
  const plain = plainNames.get(algorithm);
  if (plain === undefined) refuse("InvalidField", "The Cryptographic Algorithm is not served here.");
  return { algorithm: plain, ...bits };
}

/** The length of a DES key is told with or without its parity bits; 168 and 192 are the same key. */
function tripleDes(length: number | undefined): DoorAlgorithm {
  if (length === undefined || length === 168 || length === 192) return { algorithm: "3DES" };
  if (length === 112 || length === 128) return { algorithm: "3DES-2KEY", bits: 128 };
  return refuse("InvalidField", "Triple DES keys have 168 bits, or 112 with two keys.");
}

/** The Cryptographic Length of a key: what was said of it where there are two ways, else its bits. */
export function lengthOf({
  algorithm,
  bits,
  attributes,
}: {
  readonly algorithm: string | null;
  readonly bits: number | null;
  readonly attributes: Readonly<Record<string, unknown>>;
}): number | null {
  const said = attributes[LENGTH_SAID];
  if (typeof said === "number") return said;
  if (algorithm === "3DES") return 168;
  if (algorithm === "3DES-2KEY") return 112;
  if (algorithm === "DES") return 56;
  return algorithm === null ? null : bits;
}

/** The name in the bag of a Cryptographic Length that is not the number of bits of the material. */
export const LENGTH_SAID = "kmip-length";

/** What is to be remembered of the algorithm and length that a client has said, where the record's own say less. */
export function saidOf({ algorithm, length }: KmipAlgorithm): Readonly<Record<string, number>> {
  const isDes = algorithm === A.DES || algorithm === A.DES3;
  const said: Record<string, number> = isDes && length !== undefined ? { [LENGTH_SAID]: length } : {};
  return algorithm === A.ECDSA || algorithm === A.ECDH ? { ...said, [ALGORITHM_SAID]: algorithm } : said;
}

function elliptic({ length, curve }: Pick<KmipAlgorithm, "length" | "curve">): DoorAlgorithm {
  if (curve === C.CURVE25519) return { algorithm: "X25519" };
  if (curve === C.CURVE448) return { algorithm: "X448" };
  const known = CURVES.find(([, number, bits]) => (curve === undefined ? bits === length : number === curve));
  if (known === undefined) refuse("InvalidField", "The curve is not served here.");
  return { algorithm: known[0], bits: known[2] };
}

/** The name in the bag of a Cryptographic Algorithm that the record's own does not say. */
export const ALGORITHM_SAID = "kmip-algorithm";

/** The Cryptographic Algorithm of an object: what was said of it, where several name the same keys. */
export function algorithmOf({
  algorithm,
  attributes,
}: {
  readonly algorithm: string | null;
  readonly attributes: Readonly<Record<string, unknown>>;
}): number | null {
  const said = attributes[ALGORITHM_SAID];
  return typeof said === "number" ? said : (kmipAlgorithm(algorithm)?.algorithm ?? null);
}

/** What KMIP says of an object's algorithm; null where it has no number for it, or the object has none. */
export function kmipAlgorithm(
  algorithm: string | null,
): { readonly algorithm: number; readonly curve?: number } | null {
  if (algorithm === null) return null;
  if (algorithm.startsWith("3DES")) return { algorithm: A.DES3 };
  if (algorithm.startsWith("AES-")) return { algorithm: A.AES };
  if (algorithm === "RSA" || algorithm.startsWith("RSA-")) return { algorithm: A.RSA };
  if (algorithm === "X25519") return { algorithm: A.ECDH, curve: C.CURVE25519 };
  if (algorithm === "X448") return { algorithm: A.ECDH, curve: C.CURVE448 };
  const curve = CURVES.find(([name]) => name === algorithm);
  if (curve !== undefined) return { algorithm: A.EC, curve: curve[1] };
  const number = plainNumbers.get(algorithm);
  return number === undefined ? null : { algorithm: number };
}

/** Whether a key stays out of reach of quantum computers, by what is known. @see NIST IR 8105; FIPS 203, 204, 205 */
export function isQuantumSafe({ algorithm, bits = 0 }: DoorAlgorithm): boolean {
  if (/^(?:ML-KEM|ML-DSA|SLH-DSA)/.test(algorithm)) return true;
  if (algorithm.startsWith("AES-") || algorithm.startsWith("HMAC-")) return bits >= 192;
  return algorithm.startsWith("ChaCha20");
}
