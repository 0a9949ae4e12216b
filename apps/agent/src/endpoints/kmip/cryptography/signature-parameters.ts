import type { HashAlgorithm, SignatureParams } from "@holdfast/crypto";
import { type CryptographicParameters, ENUM } from "@holdfast/kmip";
import type { ParametersOf } from "../../../operations/use-object.ts";
import { refuse, refuseValue } from "../refused.ts";
import { givenParameters } from "./given-parameters.ts";
import { hashAlgorithm } from "./hash-algorithms.ts";

const D = ENUM.DigitalSignatureAlgorithm;
const P = ENUM.PaddingMethod;

type RsaScheme = "RSASSA-PKCS1-v1_5" | "RSA-PSS";

/** Digital Signature Algorithms that say scheme and hash function; PSS leaves the hash to Hashing Algorithm. */
const NAMED = new Map<number, readonly [RsaScheme | "ECDSA", HashAlgorithm | null]>([
  [D.MD5WithRSAEncryptionPKCS_1V1_5, ["RSASSA-PKCS1-v1_5", "MD5"]],
  [D.SHA_1WithRSAEncryptionPKCS_1V1_5, ["RSASSA-PKCS1-v1_5", "SHA-1"]],
  [D.SHA_224WithRSAEncryptionPKCS_1V1_5, ["RSASSA-PKCS1-v1_5", "SHA-224"]],
  [D.SHA_256WithRSAEncryptionPKCS_1V1_5, ["RSASSA-PKCS1-v1_5", "SHA-256"]],
  [D.SHA_384WithRSAEncryptionPKCS_1V1_5, ["RSASSA-PKCS1-v1_5", "SHA-384"]],
  [D.SHA_512WithRSAEncryptionPKCS_1V1_5, ["RSASSA-PKCS1-v1_5", "SHA-512"]],
  [D.SHA3_256WithRSAEncryption, ["RSASSA-PKCS1-v1_5", "SHA3-256"]],
  [D.SHA3_384WithRSAEncryption, ["RSASSA-PKCS1-v1_5", "SHA3-384"]],
  [D.SHA3_512WithRSAEncryption, ["RSASSA-PKCS1-v1_5", "SHA3-512"]],
  [D.RSASSA_PSSPKCS_1V2_1, ["RSA-PSS", null]],
  [D.ECDSAWithSHA_1, ["ECDSA", "SHA-1"]],
  [D.ECDSAWithSHA224, ["ECDSA", "SHA-224"]],
  [D.ECDSAWithSHA256, ["ECDSA", "SHA-256"]],
  [D.ECDSAWithSHA384, ["ECDSA", "SHA-384"]],
  [D.ECDSAWithSHA512, ["ECDSA", "SHA-512"]],
]);

/** What a curve is signed with when nobody says another hash function. @see FIPS 186-5 section 6.1.1 */
const CURVE_HASHES: Readonly<Record<string, HashAlgorithm>> = {
  "EC-P256": "SHA-256",
  "EC-secp256k1": "SHA-256",
  "EC-P384": "SHA-384",
  "EC-P521": "SHA-512",
};

/**
 * The parameters of a signature in the door's words.
 *
 * @param purpose - To verify without a Salt Length, the salt may have any length; to sign, it has the hash's.
 * @throws KmipRefusedError
 * @see KMIP 2.1 sections 4.20 (Cryptographic Parameters) and 6.1.58 (Sign)
 */
export function signatureParameters(
  {
    given,
    digested,
    purpose,
  }: {
    readonly given: CryptographicParameters | undefined;
    readonly digested: boolean;
    readonly purpose: "sign" | "verify";
  },
  key: ParametersOf,
): SignatureParams {
  const parameters = givenParameters(given, key.attributes);
  const prehashed = digested ? { prehashed: true } : {};
  const algorithm = key.algorithm ?? "";
  if (algorithm.startsWith("RSA")) return { ...rsaSignature(parameters, purpose), ...prehashed };
  if (algorithm.startsWith("EC-")) return { scheme: "ECDSA", hash: curveHash(parameters, algorithm), ...prehashed };
  if (algorithm.startsWith("ML-DSA-")) return { scheme: "ML-DSA", ...prehashed };
  return { scheme: "EdDSA", ...prehashed };
}

function rsaSignature(parameters: CryptographicParameters, purpose: "sign" | "verify"): SignatureParams {
  const { hashingAlgorithm, saltLength, maskGeneratorHashingAlgorithm } = parameters;
  const [scheme, named] = rsaScheme(parameters);
  const said = hashingAlgorithm === undefined ? null : hashAlgorithm(hashingAlgorithm);
  const hash = named ?? said ?? refuse("BadCryptographicParameters", "A signature by RSA needs a Hashing Algorithm.");
  if (said !== null && said !== hash) refuse("BadCryptographicParameters", "Two hash functions are named.");
  if (scheme !== "RSA-PSS") return { scheme, hash };
  return {
    ...{ scheme, hash },
    ...(maskGeneratorHashingAlgorithm === undefined ? {} : { mgfHash: hashAlgorithm(maskGeneratorHashingAlgorithm) }),
    ...(saltLength !== undefined ? { saltBytes: saltLength } : purpose === "verify" ? { saltBytes: "any" } : {}),
  };
}

function rsaScheme({
  digitalSignatureAlgorithm,
  paddingMethod,
}: CryptographicParameters): readonly [RsaScheme, HashAlgorithm | null] {
  if (digitalSignatureAlgorithm !== undefined) {
    const [scheme, hash] = NAMED.get(digitalSignatureAlgorithm) ?? refused(digitalSignatureAlgorithm);
    return scheme === "ECDSA" ? refused(digitalSignatureAlgorithm) : [scheme, hash];
  }
  if (paddingMethod === P.PSS) return ["RSA-PSS", null];
  if (paddingMethod === P.PKCS1V1_5 || paddingMethod === undefined) return ["RSASSA-PKCS1-v1_5", null];
  return refuseValue("PaddingMethod", paddingMethod);
}

function curveHash(parameters: CryptographicParameters, algorithm: string): HashAlgorithm {
  const { digitalSignatureAlgorithm, hashingAlgorithm } = parameters;
  if (digitalSignatureAlgorithm !== undefined) {
    const [scheme, hash] = NAMED.get(digitalSignatureAlgorithm) ?? refused(digitalSignatureAlgorithm);
    if (scheme !== "ECDSA" || hash === null) refused(digitalSignatureAlgorithm);
    return hash;
  }
  if (hashingAlgorithm !== undefined) return hashAlgorithm(hashingAlgorithm);
  return CURVE_HASHES[algorithm] ?? "SHA-256";
}

function refused(value: number): never {
  refuseValue("DigitalSignatureAlgorithm", value);
}

/** The same parameters for an operation that outlives its first request. */
export function keptParameters(given: CryptographicParameters | undefined): CryptographicParameters | undefined {
  return given && { ...given, pSource: given.pSource && Buffer.from(given.pSource) };
}
