/**
 * The only door through which key material leaves this package.
 *
 * Every importer is listed in the import rules and in docs/threat-model/agent-host.md. Callers record a leaving
 * durably before the answer is sent.
 */
import { CryptoError } from "./errors.ts";
import { type KeyHandle, runtimeKeyOf } from "./handle/key-handle.ts";
import { type HpkeSealed, hpkeSeal } from "./hpke/hpke.ts";
import { type RootKey, rootSecretOf } from "./wrapping/root-key.ts";

/**
 * Returns the plaintext material of an extractable key. The caller wipes the buffer when it has been sent.
 *
 * Caller must: have checked the grant `get` and have the release's leaf durable.
 * @throws {@link CryptoError} `E_NOT_EXTRACTABLE`, `E_CRYPTO_DESTROYED`
 */
export function exportRawMaterial(handle: KeyHandle): Buffer {
  if (!handle.extractable) throw new CryptoError("E_NOT_EXTRACTABLE");
  return runtimeKeyOf(handle).export();
}

/**
 * Seals the root key to a backup's recipient; only the holder of that private key can open it.
 *
 * @param info - Canonical bytes of what the seal belongs to; the same bytes are needed to open it.
 * @throws {@link CryptoError} `E_CRYPTO_KEY`, `E_CRYPTO_DESTROYED`
 */
export async function exportRootForBackup(
  root: RootKey,
  recipientPublicKey: Uint8Array,
  info: Uint8Array,
): Promise<HpkeSealed> {
  return hpkeSeal(recipientPublicKey, info, root.commitment, rootSecretOf(root));
}
