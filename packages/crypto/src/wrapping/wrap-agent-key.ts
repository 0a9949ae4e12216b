import { createPrivateKey, type KeyObject } from "node:crypto";
import { CryptoError } from "../errors.ts";
import { makeRecipientHandle, type RecipientHandle, runtimeRecipientKeyOf } from "../hpke/recipient-handle.ts";
import { makeSigningHandle, runtimeSigningKeyOf, type SigningHandle } from "../signing/signing-handle.ts";
import { encodeBinding, type KeyEncryptionKey, openMaterial, sealMaterial } from "./key-encryption-key.ts";

/** Wraps a signing key under the name it is stored by. */
export function wrapSigningKey(kek: KeyEncryptionKey, handle: SigningHandle, name: string): Buffer {
  return wrapPrivateKey(kek, runtimeSigningKeyOf(handle), encodeBinding("signing", [name]));
}

/** @throws {@link CryptoError} `E_DECRYPT` for another key-encryption key, another name or damaged bytes */
export function unwrapSigningKey(kek: KeyEncryptionKey, wrapped: Uint8Array, name: string): SigningHandle {
  return makeSigningHandle(unwrapPrivateKey(kek, wrapped, encodeBinding("signing", [name])));
}

/** Wraps an HPKE recipient's private key under the name it is stored by. */
export function wrapRecipientKey(kek: KeyEncryptionKey, handle: RecipientHandle, name: string): Buffer {
  return wrapPrivateKey(kek, runtimeRecipientKeyOf(handle), encodeBinding("recipient", [name]));
}

/** @throws {@link CryptoError} `E_DECRYPT` for another key-encryption key, another name or damaged bytes */
export function unwrapRecipientKey(kek: KeyEncryptionKey, wrapped: Uint8Array, name: string): RecipientHandle {
  return makeRecipientHandle(unwrapPrivateKey(kek, wrapped, encodeBinding("recipient", [name])));
}

function wrapPrivateKey(kek: KeyEncryptionKey, key: KeyObject, binding: Uint8Array): Buffer {
  const material = key.export({ format: "der", type: "pkcs8" });
  const wrapped = sealMaterial(kek, binding, material);
  material.fill(0);
  return wrapped;
}

function unwrapPrivateKey(kek: KeyEncryptionKey, wrapped: Uint8Array, binding: Uint8Array): KeyObject {
  if (!(wrapped instanceof Uint8Array)) throw new CryptoError("E_DECRYPT");
  const material = openMaterial(kek, binding, wrapped);
  try {
    return createPrivateKey({ key: material, format: "der", type: "pkcs8" });
  } catch {
    throw new CryptoError("E_DECRYPT");
  } finally {
    material.fill(0);
  }
}
