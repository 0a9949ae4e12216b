import { HmacProvider } from "webcrypto-core";
import { CryptoError } from "../errors.ts";
import type { KeyHandle } from "../handle/key-handle.ts";
import { mac, verifyMac } from "../mac/mac.ts";
import { importMaterial } from "../material/import-material.ts";
import { generateKey } from "../provider/crypto.ts";
import { answer, asHandle, bytesOf, EPHEMERAL, ephemeral, faceOn, usagesFrom } from "./face.ts";

type Key = globalThis.CryptoKey;

const NAMES: Readonly<Record<string, string>> = {
  "SHA-1": "HMAC-SHA1",
  "SHA-256": "HMAC-SHA256",
  "SHA-384": "HMAC-SHA384",
  "SHA-512": "HMAC-SHA512",
};

/** HMAC of the asynchronous face. @see FIPS 198-1 */
export const hmacFace = faceOn(HmacProvider, {
  async onGenerateKey(algorithm: HmacKeyGenParams, extractable: boolean, usages: KeyUsage[]): Promise<KeyHandle> {
    const { length } = algorithm;
    const attributes = { id: EPHEMERAL, usages: usagesFrom(usages, true), extractable };
    return generateKey(
      hmacName(hashOf(algorithm)),
      length === undefined ? attributes : { ...attributes, bits: length },
    );
  },

  async onImportKey(
    format: KeyFormat,
    data: JsonWebKey | ArrayBuffer,
    algorithm: HmacImportParams,
    extractable: boolean,
    usages: KeyUsage[],
  ): Promise<KeyHandle> {
    if (format !== "raw") throw new CryptoError("E_CRYPTO_INPUT", "Secret keys are imported raw.");
    const attributes = ephemeral("symmetric-key", hmacName(hashOf(algorithm)), usagesFrom(usages, true), extractable);
    return importMaterial(bytesOf(data), "raw", attributes);
  },

  async onExportKey(): Promise<ArrayBuffer> {
    throw new CryptoError("E_NOT_EXTRACTABLE", "Material leaves through the egress door only.");
  },

  async onSign(_algorithm: Algorithm, key: Key, data: ArrayBuffer): Promise<ArrayBuffer> {
    return answer(mac(asHandle(key), { algorithm: "HMAC" }, new Uint8Array(data)).mac);
  },

  async onVerify(_algorithm: Algorithm, key: Key, signature: ArrayBuffer, data: ArrayBuffer): Promise<boolean> {
    return verifyMac(asHandle(key), { algorithm: "HMAC" }, new Uint8Array(data), new Uint8Array(signature));
  },
});

function hashOf(algorithm: Algorithm): string {
  return ((algorithm as Algorithm & { hash?: Algorithm }).hash?.name ?? "").toUpperCase();
}

/** The algorithm of an HMAC key with the hash. @throws {@link CryptoError} `E_CRYPTO_ALGORITHM` */
export function hmacName(hash: string): string {
  const name = NAMES[hash];
  if (name === undefined) throw new CryptoError("E_CRYPTO_ALGORITHM");
  return name;
}
