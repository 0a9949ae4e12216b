import { CryptoError } from "../errors.ts";
import type { KeyHandle, MaterialAttributes } from "../handle/key-handle.ts";
import { importMaterial } from "../material/import-material.ts";

/** Keys that live for one transfer have no name of their own. */
const NAMELESS = { keyId: `k_${"a".repeat(26)}`, version: 1 };

/** The AES key of one `rsa-kwp` transfer. Inside this package only. @throws {@link CryptoError} `E_CRYPTO_KEY` */
export function aesHandle(secret: Uint8Array, usage: "wrap" | "unwrap"): KeyHandle {
  const bits = secret.byteLength * 8;
  if (bits !== 128 && bits !== 192 && bits !== 256) throw new CryptoError("E_CRYPTO_KEY");
  return importMaterial(secret, "raw", attributes("symmetric-key", `AES-${bits}`, usage));
}

/** The RSA key of whoever keys are sealed to. Inside this package only. @throws {@link CryptoError} `E_CRYPTO_KEY` */
export function rsaHandle(bytes: Uint8Array, half: "public-key" | "private-key"): KeyHandle {
  const isPublic = half === "public-key";
  return importMaterial(bytes, isPublic ? "spki" : "pkcs8", attributes(half, "RSA", isPublic ? "wrap" : "unwrap"));
}

function attributes(type: MaterialAttributes["type"], algorithm: string, usage: "wrap" | "unwrap"): MaterialAttributes {
  return { id: NAMELESS, type, algorithm, usages: [usage], extractable: false };
}
