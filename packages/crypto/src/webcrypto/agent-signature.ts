import { CryptoError } from "../errors.ts";
import { SigningHandle } from "../signing/signing-handle.ts";
import { type SigningScheme, VerifyingKey } from "../signing/verifying-key.ts";

/** Signs through a handle of the scheme. */
export function signWith(scheme: SigningScheme, key: globalThis.CryptoKey, data: ArrayBuffer): ArrayBuffer {
  if (!(key instanceof SigningHandle) || key.scheme !== scheme) throw new CryptoError("E_CRYPTO_KEY");
  return copyOf(key.sign(new Uint8Array(data)));
}

/** Verifies with a public key of the scheme. */
export function verifyWith(
  scheme: SigningScheme,
  key: globalThis.CryptoKey,
  signature: ArrayBuffer,
  data: ArrayBuffer,
): boolean {
  if (!(key instanceof VerifyingKey) || key.scheme !== scheme) throw new CryptoError("E_CRYPTO_KEY");
  return key.verify(new Uint8Array(signature), new Uint8Array(data));
}

/** Public keys leave in the usual forms; a private handle has no form at all. */
export function exportPublicKey(format: KeyFormat, key: globalThis.CryptoKey): JsonWebKey | ArrayBuffer {
  if (!(key instanceof VerifyingKey)) throw new CryptoError("E_NOT_EXTRACTABLE");
  if (format === "jwk") return key.jwk;
  if (format === "raw") return copyOf(key.raw);
  if (format === "spki") return copyOf(key.spki);
  throw new CryptoError("E_CRYPTO_INPUT");
}

function copyOf(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
