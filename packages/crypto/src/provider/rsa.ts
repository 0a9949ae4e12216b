import {
  constants,
  generateKeyPair,
  generateKeyPairSync,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
} from "node:crypto";
import { promisify } from "node:util";
import { CryptoError } from "../errors.ts";
import { areSoundRsaNumbers, numbersOf } from "../numbers/rsa-numbers.ts";
import type { Algorithm, KeyAlgorithm } from "../policy/algorithm.ts";
import type { CipherMode, CipherRun, ModeOfUse } from "../policy/cipher-params.ts";
import { type HashFunction, hashNamed } from "../policy/hash.ts";
import { readDer, writeDer } from "./asymmetric.ts";
import { decodeOaep, encodeOaep } from "./rsa-encoding.ts";
import { rsaSignature } from "./rsa-signature.ts";

const MIN_BITS = 1024;
const CURRENT_BITS = 2048;
const MAX_BITS = 8192;
const makePair = promisify(generateKeyPair);
const NOTHING = Buffer.alloc(0);

/** RSA of the sizes that are made. @see RFC 8017; FIPS 186-5 section 5; SP 800-131A section 3 */
export const rsaAlgorithms: readonly Algorithm[] = ([2048, 3072, 4096] as const).map((bits) => ({
  ...rsa(`RSA-${bits}`, bits),
  newPrivateKey: () => generateKeyPairSync("rsa", { modulusLength: bits, publicExponent: 0x10001 }).privateKey,
  newPrivateKeyLater: async () => (await makePair("rsa", { modulusLength: bits, publicExponent: 0x10001 })).privateKey,
}));

/** RSA that is imported only: 1024 bits for old signatures, and every other size there is. */
export const importedRsaAlgorithms: readonly Algorithm[] = [rsa("RSA-1024", 1024), rsa("RSA", null)];

function rsa(name: KeyAlgorithm, bits: number | null): Algorithm {
  return {
    name,
    legacy: false,
    usages: { "private-key": ["sign", "decrypt", "unwrap"], "public-key": ["verify", "encrypt", "wrap"] },
    webcrypto: (modulusLength, key) => ({
      name: "RSASSA-PKCS1-v1_5",
      modulusLength,
      publicExponent: Object.freeze([...exponentBytes(key)]),
      hash: Object.freeze({ name: "SHA-256" }),
    }),
    bitsOf: (key) => checkedBits(key, bits),
    isWeak: (key) => {
      const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
      return modulusLength < CURRENT_BITS || publicExponent < 0x10001n;
    },
    invocationLimit: 0,
    readAsymmetric: (half, format, bytes) => readDer(half, format, bytes),
    isConsistent: (key) => areSoundRsaNumbers(numbersOf(key)),
    writeAsymmetric: (key, format) => writeDer(key, format, ["pkcs1"]),
    provesPair: (privateKey, publicKey) => {
      const params = { scheme: "RSASSA-PKCS1-v1_5", hash: "SHA-256" } as const;
      const probe = Buffer.from("holdfast/pairwise/v1");
      return rsaSignature.verify(publicKey, params, probe, rsaSignature.sign(privateKey, params, probe));
    },
    modeOf: rsaMode,
    signature: rsaSignature,
  };
}

function checkedBits(key: KeyObject, expected: number | null): number {
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  const fits = expected === null ? modulusLength >= MIN_BITS && modulusLength <= MAX_BITS : modulusLength === expected;
  const oddExponent = (publicExponent & 1n) === 1n && publicExponent >= 3n && publicExponent < 1n << 256n;
  if (key.asymmetricKeyType !== "rsa" || !fits || !oddExponent) throw new CryptoError("E_CRYPTO_KEY");
  return modulusLength;
}

function exponentBytes(key: KeyObject): Buffer {
  const text = (key.asymmetricKeyDetails?.publicExponent ?? 0n).toString(16);
  return Buffer.from(text.length % 2 === 0 ? text : `0${text}`, "hex");
}

const WHOLE = {
  ivBytes: 0,
  ivFits: (bytes: number) => bytes === 0,
  tagBytes: [],
  padBytes: 0,
  onceOnly: false,
  positional: false,
} as const;

function rsaMode(mode: CipherMode): ModeOfUse | null {
  if (mode === "RSA-OAEP") return { ...WHOLE, legacy: false, whole: oaep };
  if (mode === "RSA-PKCS1") return { ...WHOLE, legacy: true, whole: plain(constants.RSA_PKCS1_PADDING) };
  if (mode === "RSA-NONE") return { ...WHOLE, legacy: true, whole: plain(constants.RSA_NO_PADDING) };
  return null;
}

/** OAEP; the runtime's own wherever hash and mask agree. @see RFC 8017 section 7.1; SP 800-56B revision 2 section 7.2.2 */
function oaep(key: KeyObject, { params }: CipherRun, data: Uint8Array, encrypting: boolean): { output: Buffer } {
  const hash = hashNamed(params.hash ?? "SHA-256");
  const maskHash = hashNamed(params.mgfHash ?? hash.name);
  const label = params.label ?? NOTHING;
  const native = hash === maskHash ? nativeOptions(key, hash, label) : null;
  if (native !== null) return { output: encrypting ? publicEncrypt(native, data) : privateDecrypt(native, data) };
  const raw = { key, padding: constants.RSA_NO_PADDING };
  if (encrypting) {
    const encoded = encodeOaep(data, label, hash, maskHash, modulusBytes(key));
    if (encoded === null) throw new CryptoError("E_CRYPTO_INPUT");
    return { output: publicEncrypt(raw, encoded) };
  }
  if (data.byteLength !== modulusBytes(key)) throw new CryptoError("E_DECRYPT");
  const opened = privateDecrypt(raw, data);
  const output = decodeOaep(opened, label, hash, maskHash);
  opened.fill(0);
  if (output === null) throw new CryptoError("E_DECRYPT");
  return { output };
}

function nativeOptions(key: KeyObject, hash: HashFunction, label: Uint8Array): Parameters<typeof privateDecrypt>[0] {
  return {
    key,
    padding: constants.RSA_PKCS1_OAEP_PADDING,
    oaepHash: hash.runtime,
    ...(label.byteLength > 0 ? { oaepLabel: label } : {}),
  };
}

/**
 * PKCS#1 v1.5, whose wrong padding gives random bytes and no refusal (implicit rejection by the runtime), and plain
 * exponentiation.
 */
function plain(padding: number): ModeOfUse["whole"] {
  return (key, _run, data, encrypting) => {
    if (padding === constants.RSA_NO_PADDING && data.byteLength !== modulusBytes(key))
      throw new CryptoError("E_CRYPTO_INPUT");
    return { output: encrypting ? publicEncrypt({ key, padding }, data) : privateDecrypt({ key, padding }, data) };
  };
}

/** Bytes of the modulus. */
export function modulusBytes(key: KeyObject): number {
  return Math.ceil((key.asymmetricKeyDetails?.modulusLength ?? 0) / 8);
}
