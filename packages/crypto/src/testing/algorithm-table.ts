import { generateKeyPairSync } from "node:crypto";
import type { SubtleCrypto } from "webcrypto-core";
import { decryptWith, encryptWith } from "../cipher/encrypt-with.ts";
import type { KeyHandle } from "../handle/key-handle.ts";
import { mac, verifyMac } from "../mac/mac.ts";
import { importMaterial, publicOf } from "../material/import-material.ts";
import type { SignatureParams } from "../policy/algorithm.ts";
import type { CipherParams } from "../policy/cipher-params.ts";
import type { KeyUsage } from "../policy/usage.ts";
import { generateKey, generateKeyPair } from "../provider/crypto.ts";
import { sign, verify } from "../signature/sign.ts";

type Protect = (key: KeyHandle, text: Uint8Array) => Promise<Uint8Array>;
type Open = (key: KeyHandle, text: Uint8Array, protectedText: Uint8Array) => Promise<boolean>;

/** One algorithm with the two faces' ways of protecting a text and of opening it or finding it authentic. */
export interface AlgorithmRow {
  readonly name: string;
  readonly authenticates: boolean;
  /** `idle` is of the same kind as `opening` and may not open. */
  make(): { protecting: KeyHandle; opening: KeyHandle; idle: KeyHandle };
  readonly protect: Readonly<Record<"synchronous" | "asynchronous", Protect>>;
  readonly open: Readonly<Record<"synchronous" | "asynchronous", Open>>;
}

const id = { keyId: "k_aebagbafaydqqcikbmga2dqpca", version: 1 };
const of = (...usages: KeyUsage[]) => ({ id, usages, extractable: false });
const web = (key: KeyHandle): CryptoKey => key as unknown as CryptoKey;
const source = (bytes: Uint8Array): BufferSource => bytes as BufferSource;

/** Every algorithm that both faces have, except AES-GCM's hot path, which has a table of its own. */
export function algorithmTable(subtle: SubtleCrypto): AlgorithmRow[] {
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "der", type: "pkcs8" });
  /** Halves with the usages; RSA pairs are one and the same key, because making one takes long. */
  const pair = (algorithm: string, privateUsage: KeyUsage, publicUsage: KeyUsage) => {
    if (algorithm !== "RSA-2048")
      return generateKeyPair(algorithm, { privateKey: of(privateUsage), publicKey: of(publicUsage) });
    const privateKey = importMaterial(rsa, "pkcs8", { ...of(privateUsage), type: "private-key", algorithm });
    return { privateKey, publicKey: publicOf(privateKey, { ...of(publicUsage), type: "public-key", algorithm }) };
  };

  const cipher = (name: string, params: CipherParams, parameters: Algorithm): AlgorithmRow => ({
    name,
    authenticates: params.mode === "GCM",
    make: () => ({
      protecting: generateKey("AES-192", of("encrypt", "decrypt")),
      opening: generateKey("AES-192", of("encrypt", "decrypt")),
      idle: generateKey("AES-192", of("encrypt")),
    }),
    protect: {
      synchronous: async (key, text) => encryptWith(key, params, text, { givenIv: true }).ciphertext,
      asynchronous: async (key, text) => new Uint8Array(await subtle.encrypt(parameters, web(key), source(text))),
    },
    open: {
      synchronous: async (key, text, given) => decryptWith(key, params, given).equals(text),
      asynchronous: async (key, text, given) =>
        Buffer.from(await subtle.decrypt(parameters, web(key), source(given))).equals(text),
    },
  });
  const oneKey = (row: AlgorithmRow): AlgorithmRow => ({
    ...row,
    make: () => {
      const { protecting, idle } = row.make();
      return { protecting, opening: protecting, idle };
    },
  });

  const signature = (
    name: string,
    algorithm: string,
    params: SignatureParams,
    parameters: Algorithm | EcdsaParams,
  ): AlgorithmRow => ({
    name,
    authenticates: true,
    make: () => {
      const { privateKey, publicKey } = pair(algorithm, "sign", "verify");
      return { protecting: privateKey, opening: publicKey, idle: pair(algorithm, "sign", "export").publicKey };
    },
    protect: {
      synchronous: async (key, text) => sign(key, params, text),
      asynchronous: async (key, text) => new Uint8Array(await subtle.sign(parameters, web(key), source(text))),
    },
    open: {
      synchronous: async (key, text, given) => verify(key, params, text, given),
      asynchronous: async (key, text, given) => subtle.verify(parameters, web(key), source(given), source(text)),
    },
  });

  const iv = Buffer.alloc(16, 9);
  const oaep = { mode: "RSA-OAEP", hash: "SHA-256" } as const;
  return [
    oneKey(cipher("AES-CBC", { mode: "CBC", iv }, { name: "AES-CBC", iv } as Algorithm)),
    oneKey(cipher("AES-CTR", { mode: "CTR", iv }, { name: "AES-CTR", counter: iv, length: 128 } as Algorithm)),
    {
      name: "HMAC",
      authenticates: true,
      make: () => {
        const key = generateKey("HMAC-SHA384", of("mac", "verifymac"));
        return { protecting: key, opening: key, idle: generateKey("HMAC-SHA384", of("mac")) };
      },
      protect: {
        synchronous: async (key, text) => mac(key, { algorithm: "HMAC" }, text).mac,
        asynchronous: async (key, text) => new Uint8Array(await subtle.sign("HMAC", web(key), source(text))),
      },
      open: {
        synchronous: async (key, text, given) => verifyMac(key, { algorithm: "HMAC" }, text, given),
        asynchronous: async (key, text, given) => subtle.verify("HMAC", web(key), source(given), source(text)),
      },
    },
    {
      name: "RSA-OAEP",
      authenticates: true,
      make: () => {
        const { privateKey, publicKey } = pair("RSA-2048", "decrypt", "encrypt");
        return { protecting: publicKey, opening: privateKey, idle: pair("RSA-2048", "sign", "verify").privateKey };
      },
      protect: {
        synchronous: async (key, text) => encryptWith(key, oaep, text).ciphertext,
        asynchronous: async (key, text) => new Uint8Array(await subtle.encrypt("RSA-OAEP", web(key), source(text))),
      },
      open: {
        synchronous: async (key, text, given) => decryptWith(key, oaep, given).equals(text),
        asynchronous: async (key, text, given) =>
          Buffer.from(await subtle.decrypt("RSA-OAEP", web(key), source(given))).equals(text),
      },
    },
    signature(
      "RSASSA-PKCS1-v1_5",
      "RSA-2048",
      { scheme: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
      { name: "RSASSA-PKCS1-v1_5" },
    ),
    signature("RSA-PSS", "RSA-2048", { scheme: "RSA-PSS", hash: "SHA-256", saltBytes: 32 }, {
      name: "RSA-PSS",
      saltLength: 32,
    } as Algorithm),
    ...(["P256", "P384", "P521"] as const).map((curve) =>
      signature(
        `ECDSA ${curve}`,
        `EC-${curve}`,
        { scheme: "ECDSA", hash: "SHA-384", form: "raw" },
        { name: "ECDSA", hash: "SHA-384" },
      ),
    ),
    signature("Ed25519", "Ed25519", { scheme: "EdDSA" }, { name: "Ed25519" }),
  ];
}
