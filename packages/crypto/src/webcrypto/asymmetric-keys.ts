import { CryptoError } from "../errors.ts";
import type { KeyHandle, MaterialAttributes } from "../handle/key-handle.ts";
import { exportPublic, importMaterial } from "../material/import-material.ts";
import { generateKeyPair, usagesOf } from "../provider/crypto.ts";
import { VerifyingKey } from "../signing/verifying-key.ts";
import { exportPublicKey } from "./agent-signature.ts";
import { answer, asHandle, bytesOf, EPHEMERAL, ephemeral, usagesFrom } from "./face.ts";

/** Makes a pair and gives each half the usages that are its own. */
export function newPair(
  name: string,
  extractable: boolean,
  usages: readonly string[],
): { privateKey: KeyHandle; publicKey: KeyHandle } {
  const words = usagesFrom(usages);
  const of = (type: "private-key" | "public-key"): MaterialAttributes["usages"] => {
    const own = words.filter((word) => usagesOf(name, type).includes(word));
    return own.length > 0 ? own : usagesOf(name, type).filter((word) => word === "agree" || word === "verify");
  };
  return generateKeyPair(name, {
    privateKey: { id: EPHEMERAL, usages: of("private-key"), extractable },
    publicKey: { id: EPHEMERAL, usages: of("public-key"), extractable: true },
  });
}

/** Imports a private key as PKCS#8 or a public key as SPKI or raw. @throws {@link CryptoError} as `importMaterial` */
export function importHalf(
  name: string,
  format: string,
  data: unknown,
  extractable: boolean,
  usages: readonly string[],
): KeyHandle {
  const type = format === "pkcs8" ? "private-key" : "public-key";
  if (format !== "pkcs8" && format !== "spki" && format !== "raw")
    throw new CryptoError("E_CRYPTO_INPUT", "Keys are imported as PKCS#8, SPKI or raw.");
  const words = usages.length === 0 && type === "public-key" ? (["agree"] as const) : usagesFrom(usages);
  return importMaterial(bytesOf(data), format, ephemeral(type, name, words, extractable || type === "public-key"));
}

/** Public keys leave in the usual forms, of handles and of the agent's own; a private handle has no form at all. */
export function exportHalf(format: KeyFormat, key: globalThis.CryptoKey): JsonWebKey | ArrayBuffer {
  if (key instanceof VerifyingKey) return exportPublicKey(format, key);
  const handle = asHandle(key);
  if (handle.type !== "public") throw new CryptoError("E_NOT_EXTRACTABLE");
  if (format === "jwk") return JSON.parse(exportPublic(handle, "jwk").toString("utf8")) as JsonWebKey;
  if (format !== "spki" && format !== "raw") throw new CryptoError("E_CRYPTO_INPUT");
  return answer(exportPublic(handle, format));
}
