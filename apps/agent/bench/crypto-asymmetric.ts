import * as nodeCrypto from "node:crypto";
import {
  constants,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
  sign as rawSign,
  verify as rawVerify,
} from "node:crypto";
import {
  agree,
  decapsulate,
  decryptWith,
  encapsulate,
  encryptWith,
  generateKeyPair,
  importMaterial,
  type KeyHandle,
  type KeyUsage,
  publicOf,
  type SignatureParams,
  sign,
  verify,
} from "@holdfast/crypto";
import type { CryptoRow } from "./crypto-pair.ts";

/** What the runtime has and its type declarations have not. */
interface Kem {
  encapsulate(key: KeyObject): { ciphertext: ArrayBuffer | Buffer };
  decapsulate(key: KeyObject, ciphertext: Uint8Array): ArrayBuffer | Buffer;
}
const kem = nodeCrypto as unknown as Kem;
const ID = { keyId: "k_aebagbafaydqqcikbmga2dqpca", version: 1 };
const PERMIT = { legacy: true };
const text = randomBytes(1024);
const secret = randomBytes(32);

/** One key pair as handles and as the runtime's own objects. */
interface Pair {
  readonly privateKey: KeyHandle;
  readonly publicKey: KeyHandle;
  readonly rawPrivate: KeyObject;
  readonly rawPublic: KeyObject;
}

function pairOf(
  algorithm: string,
  rawPrivate: KeyObject,
  usages: { readonly private: readonly KeyUsage[]; readonly public: readonly KeyUsage[] },
): Pair {
  const half = (type: "private-key" | "public-key", of: readonly KeyUsage[]) =>
    ({ id: ID, usages: of, extractable: false, type, algorithm }) as const;
  const privateKey = importMaterial(
    rawPrivate.export({ format: "der", type: "pkcs8" }),
    "pkcs8",
    half("private-key", usages.private),
  );
  const publicKey = publicOf(privateKey, half("public-key", usages.public));
  return { privateKey, publicKey, rawPrivate, rawPublic: createPublicKey(rawPrivate) };
}

/** Signing and verifying; `options` are what the runtime calls the same parameters. */
function signatureRows(
  algorithm: string,
  pair: Pair,
  how: { readonly params: SignatureParams; readonly hash: string | null; readonly options?: object },
): CryptoRow[] {
  const { params, hash, options = {} } = how;
  const key = { key: pair.rawPrivate, ...options };
  const publicKey = { key: pair.rawPublic, ...options };
  const signature = rawSign(hash, text, key);
  const { scheme } = params;
  return [
    {
      ...{ algorithm, what: `${scheme} sign` },
      ours: () => sign(pair.privateKey, params, text, PERMIT),
      raw: () => rawSign(hash, text, key),
    },
    {
      ...{ algorithm, what: `${scheme} verify` },
      ours: () => verify(pair.publicKey, params, text, signature, PERMIT),
      raw: () => rawVerify(hash, text, publicKey, signature),
    },
  ];
}

function rsaRows(algorithm: string, bits: number): CryptoRow[] {
  const { privateKey: raw } = generateKeyPairSync("rsa", { modulusLength: bits });
  const signing = pairOf(algorithm, raw, { private: ["sign"], public: ["verify"] });
  const opening = pairOf(algorithm, raw, { private: ["decrypt"], public: ["encrypt"] });
  const oaep = { mode: "RSA-OAEP", hash: "SHA-256" } as const;
  const padding = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" };
  const sealed = publicEncrypt({ key: opening.rawPublic, ...padding }, secret);
  return [
    ...signatureRows(algorithm, signing, {
      params: { scheme: "RSA-PSS", hash: "SHA-256" },
      hash: "sha256",
      options: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 },
    }),
    ...signatureRows(algorithm, signing, {
      params: { scheme: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
      hash: "sha256",
    }),
    {
      ...{ algorithm, what: "RSA-OAEP encrypt, 32 B" },
      ours: () => encryptWith(opening.publicKey, oaep, secret, PERMIT),
      raw: () => publicEncrypt({ key: opening.rawPublic, ...padding }, secret),
    },
    {
      ...{ algorithm, what: "RSA-OAEP decrypt, 32 B" },
      ours: () => decryptWith(opening.privateKey, oaep, sealed, PERMIT),
      raw: () => privateDecrypt({ key: opening.rawPrivate, ...padding }, sealed),
    },
  ];
}

/** Agreeing on a secret, which is kept as a key object on both sides. */
function agreementRow(algorithm: string, mine: KeyObject, theirs: KeyObject): CryptoRow {
  const usages = { private: ["agree"], public: ["agree"] } as const;
  const [own, peer] = [pairOf(algorithm, mine, usages), pairOf(algorithm, theirs, usages)];
  const into = { id: ID, usages: ["derive"], extractable: false, type: "secret-data", algorithm: null } as const;
  return {
    ...{ algorithm, what: "agree" },
    ours: () => agree(own.privateKey, peer.publicKey, into),
    raw: () => nodeCrypto.createSecretKey(diffieHellman({ privateKey: own.rawPrivate, publicKey: peer.rawPublic })),
  };
}

const CURVES: readonly (readonly [algorithm: string, curve: string, hash: "SHA-256" | "SHA-384" | "SHA-512"])[] = [
  ["EC-P256", "prime256v1", "SHA-256"],
  ["EC-P384", "secp384r1", "SHA-384"],
  ["EC-P521", "secp521r1", "SHA-512"],
  ["EC-secp256k1", "secp256k1", "SHA-256"],
];

function curveRows([algorithm, namedCurve, hash]: (typeof CURVES)[number]): CryptoRow[] {
  const make = () => generateKeyPairSync("ec", { namedCurve }).privateKey;
  const pair = pairOf(algorithm, make(), { private: ["sign"], public: ["verify"] });
  const how = { params: { scheme: "ECDSA", hash } as const, hash: hash.replace("-", "").toLowerCase() };
  return [...signatureRows(algorithm, pair, how), agreementRow(algorithm, make(), make())];
}

function kemRows(bits: number): CryptoRow[] {
  const algorithm = `ML-KEM-${bits}`;
  const raw = generateKeyPairSync(`ml-kem-${bits}` as "x25519").privateKey;
  const pair = pairOf(algorithm, raw, { private: ["agree"], public: ["agree"] });
  const into = { id: ID, usages: ["derive"], extractable: false, type: "secret-data", algorithm: null } as const;
  const { ciphertext } = encapsulate(pair.publicKey, into);
  return [
    {
      ...{ algorithm, what: "encapsulate" },
      ours: () => encapsulate(pair.publicKey, into),
      raw: () => kem.encapsulate(pair.rawPublic),
    },
    {
      ...{ algorithm, what: "decapsulate" },
      ours: () => decapsulate(pair.privateKey, ciphertext, into),
      raw: () => kem.decapsulate(pair.rawPrivate, ciphertext),
    },
  ];
}

function pureRows(algorithm: string, type: string, scheme: "EdDSA" | "ML-DSA"): CryptoRow[] {
  const raw = generateKeyPairSync(type as "ed25519").privateKey;
  const pair = pairOf(algorithm, raw, { private: ["sign"], public: ["verify"] });
  return signatureRows(algorithm, pair, { params: { scheme }, hash: null });
}

/** Everything that key pairs do, on 1 KB where nothing else is said. */
export function asymmetricRows(): CryptoRow[] {
  const half = (usages: readonly KeyUsage[]) => ({ id: ID, usages, extractable: false });
  return [
    ...rsaRows("RSA-1024", 1024),
    ...rsaRows("RSA", 2560),
    ...[2048, 3072, 4096].flatMap((bits) => rsaRows(`RSA-${bits}`, bits)),
    ...CURVES.flatMap(curveRows),
    ...pureRows("Ed25519", "ed25519", "EdDSA"),
    ...pureRows("Ed448", "ed448", "EdDSA"),
    ...(["x25519", "x448"] as const).map((type) => {
      const make = () => generateKeyPairSync(type as "x25519").privateKey;
      return agreementRow(type.toUpperCase(), make(), make());
    }),
    ...[512, 768, 1024].flatMap(kemRows),
    ...[44, 65, 87].flatMap((strength) => pureRows(`ML-DSA-${strength}`, `ml-dsa-${strength}`, "ML-DSA")),
    {
      ...{ algorithm: "EC-P256", what: "make a pair, proved" },
      ours: () => generateKeyPair("EC-P256", { privateKey: half(["sign"]), publicKey: half(["verify"]) }),
      raw: () => generateKeyPairSync("ec", { namedCurve: "prime256v1" }),
    },
  ];
}
