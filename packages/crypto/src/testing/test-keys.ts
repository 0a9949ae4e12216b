import type { KeyHandle } from "../handle/key-handle.ts";
import { importMaterial } from "../material/import-material.ts";
import { importTransparent } from "../material/import-transparent.ts";
import type { MaterialFormat } from "../policy/algorithm.ts";
import type { Permit } from "../policy/permit.ts";
import type { KeyUsage, MaterialType } from "../policy/usage.ts";
import { usagesOf } from "../provider/crypto.ts";

export const TEST_ID = { keyId: "k_aebagbafaydqqcikbmga2dqpca", version: 1 } as const;
/** Everything a policy may permit. */
export const ALL: Permit = { legacy: true, givenIv: true, shortTag: true };

/** Attributes of a key with every usage its algorithm has. */
export function attributesOf(algorithm: string, type: MaterialType, usages?: readonly KeyUsage[]) {
  return { id: TEST_ID, algorithm, type, usages: usages ?? usagesOf(algorithm, type), extractable: true };
}

export function secretKey(algorithm: string, bytes: Uint8Array): KeyHandle {
  return importMaterial(bytes, "raw", attributesOf(algorithm, "symmetric-key"));
}

export function privateKey(algorithm: string, bytes: Uint8Array, format: MaterialFormat = "pkcs8"): KeyHandle {
  return importMaterial(bytes, format, attributesOf(algorithm, "private-key"));
}

export function publicKey(algorithm: string, bytes: Uint8Array, format: MaterialFormat = "spki"): KeyHandle {
  return importMaterial(bytes, format, attributesOf(algorithm, "public-key"));
}

export function secretData(bytes: Uint8Array): KeyHandle {
  const attributes = {
    id: TEST_ID,
    algorithm: null,
    type: "secret-data",
    usages: ["derive"],
    extractable: true,
  } as const;
  return importMaterial(bytes, "raw", attributes);
}

/** Attributes of derived secret data of so many bytes. */
export function derivedSecret(bytes: number) {
  const bits = bytes * 8;
  return { id: TEST_ID, algorithm: null, type: "secret-data", usages: ["derive"], extractable: true, bits } as const;
}

export function rsaPublicKey(n: Uint8Array, e: Uint8Array): KeyHandle {
  return importTransparent({ n, e }, attributesOf("RSA", "public-key"));
}
