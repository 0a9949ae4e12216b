import type { CipherMode, CipherParams, DecipherParams, Padding } from "@holdfast/crypto";
import { type CryptographicParameters, ENUM } from "@holdfast/kmip";
import type { ParametersOf } from "../../../operations/use-object.ts";
import { refuse, refuseValue } from "../refused.ts";
import { givenParameters } from "./given-parameters.ts";
import { hashAlgorithm } from "./hash-algorithms.ts";

const B = ENUM.BlockCipherMode;
const P = ENUM.PaddingMethod;

const MODES = new Map<number, CipherMode>([
  [B.CBC, "CBC"],
  [B.ECB, "ECB"],
  [B.CFB, "CFB"],
  [B.OFB, "OFB"],
  [B.CTR, "CTR"],
  [B.CCM, "CCM"],
  [B.GCM, "GCM"],
  [B.XTS, "XTS"],
  [B.AESKeyWrapPadding, "KWP"],
  [B.NISTKeyWrap, "KW"],
]);

const PADDINGS = new Map<number, Padding>([
  [P.None, "none"],
  [P.PKCS5, "pkcs5"],
  [P.Zeros, "zeros"],
  [P.ANSIX9_23, "ansi-x923"],
  [P.ISO10126, "iso10126"],
]);

const WITHOUT_IV: ReadonlySet<CipherMode> = new Set(["ECB", "KW", "KWP"]);
const PADDED: ReadonlySet<CipherMode> = new Set(["CBC", "ECB"]);
const TAGGED: ReadonlySet<CipherMode> = new Set(["GCM", "CCM", "CHACHA20-POLY1305"]);
const FULL_TAG = 16;
const TAG_SIZES: ReadonlySet<number> = new Set([4, 6, 8, 10, 12, 13, 14, 15, 16]);
const AES_BLOCK = 16;
const TDEA_BLOCK = 8;

/** What a request says besides its parameters. */
export interface CipherInput {
  readonly given: CryptographicParameters | undefined;
  readonly iv: Uint8Array | undefined;
  readonly aad: Uint8Array | undefined;
}

/** The same for an operation that outlives its first request: of a message that was answered, nothing is kept. */
export function keptInput({ given, iv, aad }: CipherInput): CipherInput {
  const pSource = given?.pSource && Buffer.from(given.pSource);
  return { given: given && { ...given, pSource }, iv: iv && Buffer.from(iv), aad: aad && Buffer.from(aad) };
}

/**
 * The parameters of an encryption in the door's words. An initialisation vector is the request's, or a fresh random one
 * where Random IV asks for it; it is never left to chance which.
 *
 * @throws KmipRefusedError
 * @see KMIP 2.1 sections 4.20 (Cryptographic Parameters) and 6.1.21 (Encrypt)
 */
export function encryptionParameters(input: CipherInput, key: ParametersOf): CipherParams {
  const parameters = givenParameters(input.given, key.attributes);
  const base = cipherOf(parameters, key);
  const { mode } = base;
  if (mode.startsWith("RSA")) return base;
  const iv = presentBytes(input.iv);
  if (iv === undefined && !WITHOUT_IV.has(mode) && parameters.randomIv !== true) missingIv();
  return {
    ...base,
    ...(iv === undefined ? {} : { iv }),
    ...aadOf(mode, input.aad),
    ...(TAGGED.has(mode) && parameters.tagLength !== undefined ? { tagBytes: tagSize(parameters.tagLength) } : {}),
  };
}

/** A ciphertext with the parameters that open it, in the door's words. */
export interface Opening {
  readonly params: DecipherParams;
  readonly data: Uint8Array;
}

/**
 * The parameters of a decryption in the door's words.
 *
 * A tag that is not given beside the data is its end, as versions before 1.4 have it. A client that asks for Random IV in
 * its own request and gives no IV means the data that such servers write, whose first block is the IV and whose plaintext
 * begins after it: all of it is deciphered, and the client passes over what the first block gives.
 *
 * @throws KmipRefusedError
 */
export function decryptionParameters(
  input: CipherInput & { readonly data: Uint8Array; readonly tag: Uint8Array | undefined },
  key: ParametersOf,
): Opening {
  const { tag, data } = input;
  const { mode, ...rest } = openingParameters(input, key);
  if (!TAGGED.has(mode)) return { params: { mode, ...rest }, data };
  if (tag !== undefined) return { params: { mode, ...rest, tag }, data };
  const end = Math.max(0, data.byteLength - tagBytesOf(input.given, key));
  return { params: { mode, ...rest, tag: data.subarray(end) }, data: data.subarray(0, end) };
}

/** The same for data that comes in parts, of which a tag is no part. */
export function openingParameters(input: CipherInput, key: ParametersOf): DecipherParams {
  const parameters = givenParameters(input.given, key.attributes);
  const base = cipherOf(parameters, key);
  const { mode } = base;
  if (mode.startsWith("RSA")) return base;
  const iv = presentBytes(input.iv) ?? ivInData(input, mode, key);
  if (iv === undefined && !WITHOUT_IV.has(mode)) missingIv();
  return { ...base, ...(iv === undefined ? {} : { iv }), ...aadOf(mode, input.aad) };
}

function tagBytesOf(given: CryptographicParameters | undefined, key: ParametersOf): number {
  const { tagLength } = givenParameters(given, key.attributes);
  return tagLength === undefined ? FULL_TAG : tagSize(tagLength);
}

/** Mode, padding and what RSA needs, without IV and tag. */
function cipherOf(parameters: CryptographicParameters, { algorithm }: ParametersOf): CipherParams {
  if (algorithm?.startsWith("RSA") === true) return rsaCipher(parameters);
  const { paddingMethod, blockCipherMode, initialCounterValue } = parameters;
  if (algorithm === "ChaCha20") {
    const counter = initialCounterValue === undefined ? {} : { counter: initialCounterValue };
    return { mode: "CHACHA20", ...counter };
  }
  if (algorithm === "ChaCha20-Poly1305") {
    if (blockCipherMode !== undefined && blockCipherMode !== B.AEAD) refuseValue("BlockCipherMode", blockCipherMode);
    return { mode: "CHACHA20-POLY1305" };
  }
  if (blockCipherMode === undefined)
    refuse("BadCryptographicParameters", "Neither the request nor the object says which mode.");
  const mode = MODES.get(blockCipherMode) ?? refuseValue("BlockCipherMode", blockCipherMode);
  if (!PADDED.has(mode)) return { mode };
  const padding = PADDINGS.get(paddingMethod ?? P.None) ?? refuseValue("PaddingMethod", paddingMethod ?? P.None);
  return { mode, padding };
}

function rsaCipher(parameters: CryptographicParameters): CipherParams {
  const { paddingMethod, hashingAlgorithm, maskGenerator, maskGeneratorHashingAlgorithm, pSource } = parameters;
  switch (paddingMethod) {
    case P.OAEP: {
      if (maskGenerator !== undefined && maskGenerator !== ENUM.MaskGenerator.MGF1)
        refuseValue("MaskGenerator", maskGenerator);
      const mgfHash = maskGeneratorHashingAlgorithm;
      return {
        mode: "RSA-OAEP",
        // RFC 8017 appendix A.2.1: what is not said is SHA-1, with which nothing is wrong in OAEP.
        hash: hashAlgorithm(hashingAlgorithm ?? ENUM.HashingAlgorithm.SHA_1),
        ...(mgfHash === undefined ? {} : { mgfHash: hashAlgorithm(mgfHash) }),
        ...(pSource === undefined ? {} : { label: pSource }),
      };
    }
    case P.PKCS1V1_5:
      return { mode: "RSA-PKCS1" };
    case P.None:
      return { mode: "RSA-NONE" };
    case undefined:
      return refuse("BadCryptographicParameters", "Neither the request nor the object says which padding.");
    default:
      return refuseValue("PaddingMethod", paddingMethod);
  }
}

function ivInData({ given }: CipherInput, mode: CipherMode, { algorithm }: ParametersOf): Uint8Array | undefined {
  if (mode !== "CBC" || given?.randomIv !== true) return undefined;
  return new Uint8Array(algorithm === "3DES" ? TDEA_BLOCK : AES_BLOCK);
}

function aadOf(mode: CipherMode, aad: Uint8Array | undefined): { readonly aad?: Uint8Array } {
  const present = presentBytes(aad);
  if (present === undefined) return {};
  if (!TAGGED.has(mode)) refuse("BadCryptographicParameters", "The mode authenticates no additional data.");
  return { aad: present };
}

function tagSize(bytes: number): number {
  if (!TAG_SIZES.has(bytes)) refuse("GeneralFailure", "There is no tag of this length.");
  return bytes;
}

function presentBytes(bytes: Uint8Array | undefined): Uint8Array | undefined {
  return bytes === undefined || bytes.byteLength === 0 ? undefined : bytes;
}

function missingIv(): never {
  refuse("InvalidMessage", "The mode needs an IV/Counter/Nonce.");
}
