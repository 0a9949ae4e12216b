import { createSecretKey } from "node:crypto";
import { AesGcmProvider, type CryptoKey } from "webcrypto-core";
import { encryptWith } from "../cipher/encrypt-with.ts";
import { CryptoError } from "../errors.ts";
import { KeyHandle, makeKeyHandle } from "../handle/key-handle.ts";
import { GCM_IV_BYTES, GCM_TAG_BYTES } from "../policy/limits.ts";
import type { KeyUsage as Usage } from "../policy/usage.ts";
import { algorithmNamed } from "../provider/crypto.ts";
import { randomBytes } from "../random/random-bytes.ts";

/** Identity of keys made through WebCrypto's own calls: nothing refers to them, they live as long as the process. */
const EPHEMERAL = { keyId: `k_${"a".repeat(26)}`, version: 1 } as const;

/** AES-GCM of the asynchronous face: the same handles, the same primitives. */
export class AesGcmFace extends AesGcmProvider {
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
    const material = randomBytes(32);
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
    if (material.byteLength !== 32) throw new CryptoError("E_CRYPTO_KEY");
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
    const aad = associated(algorithm)[0];
    const params = { mode: "GCM", iv: bytesOf(algorithm.iv), ...(aad === undefined ? {} : { aad }) } as const;
    const { ciphertext, tag = Buffer.alloc(0) } = encryptWith(asHandle(key), params, new Uint8Array(data), {
      givenIv: true,
    });
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
  return makeKeyHandle(
    algorithmNamed("AES-256"),
    { key, format: "raw", original: null },
    { id: EPHEMERAL, usages: usages as readonly Usage[], extractable, type: "symmetric-key", algorithm: "AES-256" },
  );
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
