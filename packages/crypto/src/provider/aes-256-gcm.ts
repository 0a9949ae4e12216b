import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from "node:crypto";
import { AesGcmProvider, type CryptoKey } from "webcrypto-core";
import { CryptoError } from "../errors.ts";
import { KeyHandle, makeKeyHandle, sealWithGivenIv } from "../handle/key-handle.ts";
import type { DataAlgorithm, DataKeyUsage } from "../policy/algorithm.ts";
import { GCM_IV_BYTES, GCM_RANDOM_IV_INVOCATIONS, GCM_TAG_BYTES } from "../policy/limits.ts";
import { randomBytes } from "../random/random-bytes.ts";

const CIPHER = "aes-256-gcm";
const OPTIONS = { authTagLength: GCM_TAG_BYTES } as const;

/** AES-256 in GCM with 96-bit IVs and 128-bit tags. @see SP 800-38D */
export const aes256Gcm: DataAlgorithm = {
  name: "AES-256",
  webcrypto: { name: "AES-GCM", length: 256 },
  usages: ["encrypt", "decrypt"],
  keyBytes: 32,
  ivBytes: GCM_IV_BYTES,
  tagBytes: GCM_TAG_BYTES,
  invocationLimit: GCM_RANDOM_IV_INVOCATIONS,
  seal(key, iv, aad, plaintext) {
    const cipher = createCipheriv(CIPHER, key, iv, OPTIONS);
    for (const part of aad) if (part.byteLength > 0) cipher.setAAD(part);
    const ciphertext = cipher.update(plaintext);
    cipher.final();
    return { ciphertext, tag: cipher.getAuthTag() };
  },
  open(key, parts, aad) {
    if (parts.iv.byteLength !== GCM_IV_BYTES || parts.tag.byteLength !== GCM_TAG_BYTES)
      throw new CryptoError("E_DECRYPT");
    const decipher = createDecipheriv(CIPHER, key, parts.iv, OPTIONS);
    decipher.setAuthTag(parts.tag);
    for (const part of aad) if (part.byteLength > 0) decipher.setAAD(part);
    const plaintext = decipher.update(parts.ciphertext);
    try {
      decipher.final();
    } catch {
      plaintext.fill(0); // SP 800-38D section 7.2: nothing of an inauthentic message is released
      throw new CryptoError("E_DECRYPT");
    }
    return plaintext;
  },
  checkValue: (key) => zeroBlock(key).subarray(0, 3),
};

function zeroBlock(key: KeyObject): Buffer {
  const cipher = createCipheriv("aes-256-ecb", key, null);
  cipher.setAutoPadding(false);
  return Buffer.concat([cipher.update(Buffer.alloc(16)), cipher.final()]);
}

/** Identity of keys made through WebCrypto's own calls: nothing refers to them, they live as long as the process. */
const EPHEMERAL = { keyId: `k_${"a".repeat(26)}`, version: 1 } as const;

/** AES-256-GCM of the asynchronous face: the same handles, the same primitives. */
export class Aes256GcmProvider extends AesGcmProvider {
  override usages: KeyUsage[] = ["encrypt", "decrypt"];

  override checkAlgorithmParams(algorithm: AesGcmParams): void {
    super.checkAlgorithmParams(algorithm);
    if (algorithm.iv.byteLength !== GCM_IV_BYTES || algorithm.tagLength !== GCM_TAG_BYTES * 8) {
      throw new CryptoError("E_CRYPTO_INPUT", "AES-GCM takes 96-bit IVs and 128-bit tags only.");
    }
  }

  override checkGenerateKeyParams(algorithm: AesKeyGenParams): void {
    super.checkGenerateKeyParams(algorithm);
    if (algorithm.length !== 256) throw new CryptoError("E_CRYPTO_ALGORITHM", "Only 256-bit AES keys are made.");
  }

  override async onGenerateKey(
    _algorithm: AesKeyGenParams,
    extractable: boolean,
    usages: KeyUsage[],
  ): Promise<KeyHandle> {
    const material = randomBytes(aes256Gcm.keyBytes);
    return handleOf(material, extractable, usages);
  }

  override async onImportKey(
    format: KeyFormat,
    data: JsonWebKey | ArrayBuffer,
    _algorithm: Algorithm,
    extractable: boolean,
    usages: KeyUsage[],
  ): Promise<KeyHandle> {
    if (format !== "raw" || !isBufferSource(data))
      throw new CryptoError("E_CRYPTO_INPUT", "Secret keys are imported raw.");
    const material = Buffer.from(bytesOf(data)); // a copy, wiped by handleOf
    if (material.byteLength !== aes256Gcm.keyBytes) throw new CryptoError("E_CRYPTO_KEY");
    return handleOf(material, extractable, usages);
  }

  override async onExportKey(): Promise<ArrayBuffer> {
    throw new CryptoError("E_NOT_EXTRACTABLE", "Material leaves through the egress door only.");
  }

  override async onEncrypt(
    algorithm: AesGcmParams,
    key: globalThis.CryptoKey,
    data: ArrayBuffer,
  ): Promise<ArrayBuffer> {
    const { ciphertext, tag } = sealWithGivenIv(
      asHandle(key),
      bytesOf(algorithm.iv),
      associated(algorithm),
      new Uint8Array(data),
    );
    const out = new Uint8Array(ciphertext.byteLength + tag.byteLength);
    out.set(ciphertext);
    out.set(tag, ciphertext.byteLength);
    return out.buffer;
  }

  override async onDecrypt(
    algorithm: AesGcmParams,
    key: globalThis.CryptoKey,
    data: ArrayBuffer,
  ): Promise<ArrayBuffer> {
    const bytes = new Uint8Array(data);
    if (bytes.byteLength < GCM_TAG_BYTES) throw new CryptoError("E_DECRYPT");
    const split = bytes.byteLength - GCM_TAG_BYTES;
    const parts = {
      iv: bytesOf(algorithm.iv),
      ciphertext: bytes.subarray(0, split),
      tag: bytes.subarray(split),
    };
    const plaintext = asHandle(key).decryptSync(parts, ...associated(algorithm));
    const out = new Uint8Array(plaintext);
    plaintext.fill(0);
    return out.buffer;
  }
}

function handleOf(material: Buffer, extractable: boolean, usages: readonly KeyUsage[]): KeyHandle {
  const key = createSecretKey(material);
  material.fill(0);
  return makeKeyHandle(aes256Gcm, key, {
    id: EPHEMERAL,
    usages: usages as readonly DataKeyUsage[],
    extractable,
  });
}

function asHandle(key: globalThis.CryptoKey | CryptoKey): KeyHandle {
  if (!(key instanceof KeyHandle))
    throw new CryptoError("E_CRYPTO_KEY", "The key is not one of this package's handles.");
  return key;
}

function associated(algorithm: AesGcmParams): Uint8Array[] {
  return algorithm.additionalData === undefined ? [] : [bytesOf(algorithm.additionalData)];
}

function bytesOf(source: BufferSource): Uint8Array {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
}

function isBufferSource(data: unknown): data is BufferSource {
  return data instanceof ArrayBuffer || ArrayBuffer.isView(data);
}
