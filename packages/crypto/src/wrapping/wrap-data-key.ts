import { createSecretKey } from "node:crypto";
import { CryptoError } from "../errors.ts";
import { type KeyHandle, makeKeyHandle, runtimeKeyOf } from "../handle/key-handle.ts";
import type { KeyReference } from "../handle/key-reference.ts";
import type { DataKeyAlgorithm, DataKeyUsage } from "../policy/algorithm.ts";
import { dataAlgorithmNamed } from "../provider/crypto.ts";
import { encodeBinding, type KeyEncryptionKey, openMaterial, sealMaterial } from "./key-encryption-key.ts";

/** All that wrapped material is bound to: unwrapping with any of it changed is refused. */
export interface KeyBinding {
  /** The custody domain. */
  readonly domain: string;
  readonly id: KeyReference;
  readonly algorithm: DataKeyAlgorithm;
  readonly usages: readonly DataKeyUsage[];
  readonly extractable: boolean;
}

/**
 * Wraps a data key's material for the store, bound to the domain and to everything the handle is.
 *
 * A row moved to another key, version, domain or policy does not unwrap.
 */
export function wrapKeyMaterial(kek: KeyEncryptionKey, handle: KeyHandle, domain: string): Buffer {
  const material = runtimeKeyOf(handle).export();
  const binding = {
    domain,
    id: handle.id,
    algorithm: handle.keyAlgorithm,
    usages: handle.usages as DataKeyUsage[],
    extractable: handle.extractable,
  };
  const wrapped = sealMaterial(kek, encodeKeyBinding(binding), material);
  material.fill(0);
  return wrapped;
}

/**
 * Unwraps a data key into a handle that is exactly what the binding says.
 *
 * @throws {@link CryptoError} `E_DECRYPT` when the bytes or anything in the binding is not what was wrapped
 */
export function unwrapKeyMaterial(kek: KeyEncryptionKey, wrapped: Uint8Array, binding: KeyBinding): KeyHandle {
  const algorithm = dataAlgorithmNamed(binding.algorithm);
  if (!(wrapped instanceof Uint8Array)) throw new CryptoError("E_DECRYPT");
  const material = openMaterial(kek, encodeKeyBinding(binding), wrapped);
  const key = createSecretKey(material);
  material.fill(0);
  return makeKeyHandle(algorithm, key, binding);
}

function encodeKeyBinding(binding: KeyBinding): Buffer {
  const { domain, id, algorithm, usages, extractable } = binding;
  return encodeBinding("key", [domain, id.keyId, id.version, algorithm, [...usages].sort(), extractable]);
}
