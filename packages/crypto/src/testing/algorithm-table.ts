import type { SubtleCrypto } from "webcrypto-core";
import { decryptWith, encryptWith } from "../cipher/encrypt-with.ts";
import type { KeyHandle } from "../handle/key-handle.ts";
import { mac, verifyMac } from "../mac/mac.ts";
import type { SignatureParams } from "../policy/algorithm.ts";
import type { CipherParams } from "../policy/cipher-params.ts";
import { sign, verify } from "../signature/sign.ts";
import type { BackEnd } from "./back-ends.ts";

type Protect = (key: KeyHandle, text: Uint8Array) => Promise<Uint8Array>;
type Open = (key: KeyHandle, text: Uint8Array, protectedText: Uint8Array) => Promise<boolean>;

/** One algorithm with the two faces' ways of protecting a text and of opening it or finding it authentic. */
export interface AlgorithmRow {
  readonly name: string;
  readonly authenticates: boolean;
  /** `idle` is of the same kind as `opening` and may not open. */
  make(): Promise<{ protecting: KeyHandle; opening: KeyHandle; idle: KeyHandle }>;
  readonly protect: Readonly<Record<"synchronous" | "asynchronous", Protect>>;
  readonly open: Readonly<Record<"synchronous" | "asynchronous", Open>>;
}

const web = (key: KeyHandle): CryptoKey => key as unknown as CryptoKey;
const source = (bytes: Uint8Array): BufferSource => bytes as BufferSource;

/** Every algorithm that both faces have, except AES-GCM's hot path, which has a table of its own. */
export function algorithmTable(subtle: SubtleCrypto, back: BackEnd): AlgorithmRow[] {
  const cipher = (name: string, params: CipherParams, parameters: Algorithm): AlgorithmRow => ({
    name,
    authenticates: params.mode === "GCM",
    make: async () => {
      const key = await back.secret("AES-192", ["encrypt", "decrypt"]);
      return { protecting: key, opening: key, idle: await back.secret("AES-192", ["encrypt"]) };
    },
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
  const signature = (
    name: string,
    algorithm: string,
    params: SignatureParams,
    parameters: Algorithm | EcdsaParams,
  ): AlgorithmRow => ({
    name,
    authenticates: true,
    make: async () => {
      const { privateKey, publicKey } = await back.pair(algorithm, "sign", "verify");
      const { publicKey: idle } = await back.pair(algorithm, "sign", "export");
      return { protecting: privateKey, opening: publicKey, idle };
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
    cipher("AES-CBC", { mode: "CBC", iv }, { name: "AES-CBC", iv } as Algorithm),
    cipher("AES-CTR", { mode: "CTR", iv }, { name: "AES-CTR", counter: iv, length: 128 } as Algorithm),
    {
      name: "HMAC",
      authenticates: true,
      make: async () => {
        const key = await back.secret("HMAC-SHA384", ["mac", "verifymac"]);
        return { protecting: key, opening: key, idle: await back.secret("HMAC-SHA384", ["mac"]) };
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
      make: async () => {
        const { privateKey, publicKey } = await back.pair("RSA-2048", "decrypt", "encrypt");
        const { privateKey: idle } = await back.pair("RSA-2048", "sign", "verify");
        return { protecting: publicKey, opening: privateKey, idle };
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
