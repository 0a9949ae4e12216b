import { AesCbcProvider, AesCtrProvider, AesGcmProvider, AesKwProvider } from "webcrypto-core";
import { decryptWith, encryptWith } from "../cipher/encrypt-with.ts";
import { CryptoError } from "../errors.ts";
import type { KeyHandle } from "../handle/key-handle.ts";
import { importMaterial } from "../material/import-material.ts";
import type { CipherParams } from "../policy/cipher-params.ts";
import { GCM_IV_BYTES, GCM_TAG_BYTES } from "../policy/limits.ts";
import { generateKey } from "../provider/crypto.ts";
import { answer, asHandle, bytesOf, ephemeral, FACE_PERMIT, faceOn, usagesFrom } from "./face.ts";

type Key = globalThis.CryptoKey;

/** AES keys of the asynchronous face: the same handles whichever mode asks for them. */
const aesKeys = {
  async onGenerateKey({ length }: AesKeyGenParams, extractable: boolean, usages: string[]): Promise<KeyHandle> {
    const { id, usages: words } = ephemeral("symmetric-key", null, usagesFrom(usages), extractable);
    return generateKey(`AES-${length}`, { id, usages: words, extractable });
  },
  async onImportKey(
    format: string,
    data: unknown,
    _algorithm: Algorithm,
    extractable: boolean,
    usages: string[],
  ): Promise<KeyHandle> {
    if (format !== "raw") throw new CryptoError("E_CRYPTO_INPUT", "Secret keys are imported raw.");
    const bytes = bytesOf(data);
    if (![16, 24, 32].includes(bytes.byteLength)) throw new CryptoError("E_CRYPTO_KEY");
    const name = `AES-${bytes.byteLength * 8}`;
    return importMaterial(bytes, "raw", ephemeral("symmetric-key", name, usagesFrom(usages), extractable));
  },
  async onExportKey(): Promise<ArrayBuffer> {
    throw new CryptoError("E_NOT_EXTRACTABLE", "Material leaves through the egress door only.");
  },
  /** One AES handle serves every mode, whatever mode its WebCrypto name says. */
  checkCryptoKey(key: Key, usage?: KeyUsage): void {
    const handle = asHandle(key);
    if (!/^AES-(128|192|256)$/.test(handle.keyAlgorithm ?? "")) throw new CryptoError("E_CRYPTO_KEY");
    if (usage !== undefined && !handle.usages.includes(usage)) throw new CryptoError("E_CRYPTO_USAGE");
  },
};

/** AES-GCM of the asynchronous face: 96-bit IVs and 128-bit tags, the tag at the ciphertext's end. */
export const aesGcmFace = faceOn(AesGcmProvider, {
  ...aesKeys,

  checkAlgorithmParams(algorithm: AesGcmParams): void {
    AesGcmProvider.prototype.checkAlgorithmParams.call(this, algorithm);
    if (algorithm.iv.byteLength !== GCM_IV_BYTES || algorithm.tagLength !== GCM_TAG_BYTES * 8) {
      throw new CryptoError("E_CRYPTO_INPUT", "AES-GCM takes 96-bit IVs and 128-bit tags only.");
    }
  },

  async onEncrypt(algorithm: AesGcmParams, key: Key, data: ArrayBuffer): Promise<ArrayBuffer> {
    const { ciphertext, tag } = encryptWith(asHandle(key), gcmParams(algorithm), new Uint8Array(data), FACE_PERMIT);
    return answer(Buffer.concat([ciphertext, tag ?? Buffer.alloc(0)]));
  },

  async onDecrypt(algorithm: AesGcmParams, key: Key, data: ArrayBuffer): Promise<ArrayBuffer> {
    const { params, ciphertext } = gcmParts(algorithm, new Uint8Array(data));
    return answer(decryptWith(asHandle(key), params, ciphertext), true);
  },
});

/** AES-CBC of the asynchronous face, with PKCS#7 padding as WebCrypto has it. */
export const aesCbcFace = faceOn(AesCbcProvider, {
  ...aesKeys,

  async onEncrypt(algorithm: AesCbcParams, key: Key, data: ArrayBuffer): Promise<ArrayBuffer> {
    const params = { mode: "CBC", iv: bytesOf(algorithm.iv) } as const;
    return answer(encryptWith(asHandle(key), params, new Uint8Array(data), FACE_PERMIT).ciphertext);
  },

  async onDecrypt(algorithm: AesCbcParams, key: Key, data: ArrayBuffer): Promise<ArrayBuffer> {
    const params = { mode: "CBC", iv: bytesOf(algorithm.iv) } as const;
    return answer(decryptWith(asHandle(key), params, new Uint8Array(data)), true);
  },
});

/** AES-CTR of the asynchronous face; the whole block counts, so `length` is 128. */
export const aesCtrFace = faceOn(AesCtrProvider, {
  ...aesKeys,

  checkAlgorithmParams(algorithm: AesCtrParams): void {
    AesCtrProvider.prototype.checkAlgorithmParams.call(this, algorithm);
    if (algorithm.length !== 128) throw new CryptoError("E_CRYPTO_INPUT", "AES-CTR counts with the whole block.");
  },

  async onEncrypt(algorithm: AesCtrParams, key: Key, data: ArrayBuffer): Promise<ArrayBuffer> {
    const params = { mode: "CTR", iv: bytesOf(algorithm.counter) } as const;
    return answer(encryptWith(asHandle(key), params, new Uint8Array(data), FACE_PERMIT).ciphertext);
  },

  async onDecrypt(algorithm: AesCtrParams, key: Key, data: ArrayBuffer): Promise<ArrayBuffer> {
    const params = { mode: "CTR", iv: bytesOf(algorithm.counter) } as const;
    return answer(decryptWith(asHandle(key), params, new Uint8Array(data)), true);
  },
});

/** AES-KW of the asynchronous face: it makes keys, and `unwrapKey` unwraps with them. @see RFC 3394 */
export const aesKwFace = faceOn(AesKwProvider, {
  ...aesKeys,
});

/** GCM's parameters as this package says them. */
export function gcmParams(algorithm: AesGcmParams): CipherParams {
  const { iv, additionalData } = algorithm;
  return { mode: "GCM", iv: bytesOf(iv), ...(additionalData === undefined ? {} : { aad: bytesOf(additionalData) }) };
}

/** GCM's parameters with the tag cut from the end. @throws {@link CryptoError} `E_DECRYPT` when there is none */
export function gcmParts(
  algorithm: AesGcmParams,
  bytes: Uint8Array,
): { params: CipherParams & { tag: Uint8Array }; ciphertext: Uint8Array } {
  const split = bytes.byteLength - GCM_TAG_BYTES;
  if (split < 0) throw new CryptoError("E_DECRYPT");
  return { params: { ...gcmParams(algorithm), tag: bytes.subarray(split) }, ciphertext: bytes.subarray(0, split) };
}
