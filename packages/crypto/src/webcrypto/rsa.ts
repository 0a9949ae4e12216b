import { RsaOaepProvider, RsaPssProvider, RsaSsaProvider } from "webcrypto-core";
import { decryptWith, encryptWith } from "../cipher/encrypt-with.ts";
import { CryptoError } from "../errors.ts";
import type { KeyHandle } from "../handle/key-handle.ts";
import type { CipherParams } from "../policy/cipher-params.ts";
import type { HashAlgorithm } from "../policy/hash.ts";
import { sign, verify } from "../signature/sign.ts";
import { exportHalf, importHalf, newPair } from "./asymmetric-keys.ts";
import { answer, asHandle, bytesOf, faceOn } from "./face.ts";

type Key = globalThis.CryptoKey;

/**
 * RSA keys of the asynchronous face. One handle serves all three schemes, within its usages, with SHA-256: WebCrypto
 * binds the hash to the key, and a handle is bound to none; the synchronous face takes every hash.
 */
const rsaKeys = {
  hashAlgorithms: ["SHA-256"],
  async onGenerateKey(
    { modulusLength, publicExponent }: RsaHashedKeyGenParams,
    extractable: boolean,
    usages: string[],
  ): Promise<ReturnType<typeof newPair>> {
    if (Buffer.from(publicExponent).toString("hex") !== "010001") throw new CryptoError("E_CRYPTO_ALGORITHM");
    return newPair(`RSA-${modulusLength}`, extractable, usages);
  },
  async onImportKey(
    format: string,
    data: unknown,
    _algorithm: Algorithm,
    extractable: boolean,
    usages: string[],
  ): Promise<KeyHandle> {
    return importHalf("RSA", format, data, extractable, usages);
  },
  async onExportKey(format: KeyFormat, key: Key): Promise<JsonWebKey | ArrayBuffer> {
    return exportHalf(format, key);
  },
  checkCryptoKey(key: Key, usage?: KeyUsage): void {
    const handle = asHandle(key);
    if (!/^RSA(-\d+)?$/.test(handle.keyAlgorithm ?? "")) throw new CryptoError("E_CRYPTO_KEY");
    if (usage !== undefined && !handle.usages.includes(usage)) throw new CryptoError("E_CRYPTO_USAGE");
  },
};

/** @see RFC 8017 section 8.2 */
export const rsaSsaFace = faceOn(RsaSsaProvider, {
  ...rsaKeys,

  async onSign(_algorithm: Algorithm, key: Key, data: ArrayBuffer): Promise<ArrayBuffer> {
    return answer(sign(asHandle(key), { scheme: "RSASSA-PKCS1-v1_5", hash: hashOf(key) }, new Uint8Array(data)));
  },

  async onVerify(_algorithm: Algorithm, key: Key, signature: ArrayBuffer, data: ArrayBuffer): Promise<boolean> {
    const params = { scheme: "RSASSA-PKCS1-v1_5", hash: hashOf(key) } as const;
    return verify(asHandle(key), params, new Uint8Array(data), new Uint8Array(signature));
  },
});

/** @see RFC 8017 section 8.1 */
export const rsaPssFace = faceOn(RsaPssProvider, {
  ...rsaKeys,

  async onSign({ saltLength }: RsaPssParams, key: Key, data: ArrayBuffer): Promise<ArrayBuffer> {
    const params = { scheme: "RSA-PSS", hash: hashOf(key), saltBytes: saltLength } as const;
    return answer(sign(asHandle(key), params, new Uint8Array(data)));
  },

  async onVerify({ saltLength }: RsaPssParams, key: Key, signature: ArrayBuffer, data: ArrayBuffer): Promise<boolean> {
    const params = { scheme: "RSA-PSS", hash: hashOf(key), saltBytes: saltLength } as const;
    return verify(asHandle(key), params, new Uint8Array(data), new Uint8Array(signature));
  },
});

/** @see RFC 8017 section 7.1 */
export const rsaOaepFace = faceOn(RsaOaepProvider, {
  ...rsaKeys,

  async onEncrypt(algorithm: RsaOaepParams, key: Key, data: ArrayBuffer): Promise<ArrayBuffer> {
    return answer(encryptWith(asHandle(key), oaepParams(algorithm, key), new Uint8Array(data)).ciphertext);
  },

  async onDecrypt(algorithm: RsaOaepParams, key: Key, data: ArrayBuffer): Promise<ArrayBuffer> {
    return answer(decryptWith(asHandle(key), oaepParams(algorithm, key), new Uint8Array(data)), true);
  },
});

/** OAEP's parameters as this package says them. */
export function oaepParams({ label }: RsaOaepParams, key: Key): CipherParams {
  return { mode: "RSA-OAEP", hash: hashOf(key), ...(label === undefined ? {} : { label: bytesOf(label) }) };
}

function hashOf(key: Key): HashAlgorithm {
  return (key.algorithm as RsaHashedKeyAlgorithm).hash.name as HashAlgorithm;
}
