/**
 * The only door through which key material leaves this package.
 *
 * Every importer is listed in the import rules and in docs/threat-model/agent-host.md. Callers record a leaving
 * durably before the answer is sent.
 */
import { encryptUnder } from "./cipher/encrypt-with.ts";
import { CryptoError } from "./errors.ts";
import { type BackupKey, backupSecretOf } from "./escrow/backup-key.ts";
import { type ShareHandle, shareBytesOf } from "./escrow/share-handle.ts";
import { insideOf, type KeyHandle } from "./handle/key-handle.ts";
import { type HpkeSealed, hpkeOpen, hpkeSeal } from "./hpke/hpke.ts";
import { makeRecipientHandle } from "./hpke/recipient-handle.ts";
import { type Components, componentsOf } from "./material/components.ts";
import { encodeMaterial } from "./material/encode-material.ts";
import type { MaterialFormat } from "./policy/algorithm.ts";
import type { CipherParams, Encrypted } from "./policy/cipher-params.ts";
import { NO_PERMIT, type Permit } from "./policy/permit.ts";
import type { Share, Threshold } from "./shamir/share-bytes.ts";
import { shareKek } from "./shamir/share-kek.ts";
import { openRsa, type SealedKey } from "./transfer/open-sealed.ts";
import { rsaHandle } from "./transfer/passing-handles.ts";
import { sealForTransfer, type TransferSealed, type TransferTarget } from "./transfer/seal-bytes.ts";
import { transferPrivateKey } from "./transfer/transfer-key.ts";
import type { KeyEncryptionKey } from "./wrapping/key-encryption-key.ts";
import { type RootKey, rootSecretOf } from "./wrapping/root-key.ts";

const NO_AAD = new Uint8Array();

export type { Components } from "./material/components.ts";

/**
 * Returns the plaintext material of an extractable key or object. The caller wipes the buffer when it has been sent.
 *
 * @param format - The one it came in or was made in when absent; those bytes come back as they came.
 * Caller must: have checked the grant `get` and have the release's leaf durable.
 * @throws {@link CryptoError} `E_NOT_EXTRACTABLE`, `E_CRYPTO_INPUT` for a format the material has not,
 * `E_CRYPTO_DESTROYED`
 */
export function exportMaterial(handle: KeyHandle, format?: MaterialFormat): Buffer {
  if (!handle.extractable) throw new CryptoError("E_NOT_EXTRACTABLE");
  return encodeMaterial(handle, format);
}

/**
 * Returns an extractable key as its numbers (transparent forms). The caller wipes the buffers when they have been sent.
 *
 * Caller must: as {@link exportMaterial}.
 * @throws {@link CryptoError} `E_NOT_EXTRACTABLE`, `E_CRYPTO_INPUT` for material without such a form, `E_CRYPTO_DESTROYED`
 */
export function exportComponents(handle: KeyHandle): Components {
  if (!handle.extractable) throw new CryptoError("E_NOT_EXTRACTABLE");
  return componentsOf(insideOf(handle).material.key);
}

/** What is wrapped: an extractable key in a format, or a structure the caller made around {@link exportMaterial}'s bytes. */
export type WrapSource = Uint8Array | { readonly handle: KeyHandle; readonly format?: MaterialFormat };

/**
 * Encrypts material under a wrapping key: KW, KWP, CBC, GCM or another mode of a secret key, RSA-OAEP of a public one.
 *
 * @returns The wrapped bytes, and IV and tag where the mode has them.
 * Caller must: as {@link exportMaterial}; and have wiped the bytes it gave.
 * @throws {@link CryptoError} `E_CRYPTO_USAGE` unless the wrapping key has `wrap`, `E_NOT_EXTRACTABLE`, and as
 * `encryptWith`
 * @see SP 800-38F; RFC 3394; RFC 5649; RFC 8017 section 7.1
 */
export function wrapMaterial(
  wrapping: KeyHandle,
  params: CipherParams,
  source: WrapSource,
  permit: Permit = NO_PERMIT,
): Encrypted {
  if (source instanceof Uint8Array) return encryptUnder(wrapping, "wrap", params, source, permit);
  const material = exportMaterial(source.handle, source.format);
  try {
    return encryptUnder(wrapping, "wrap", params, material, permit);
  } finally {
    material.fill(0);
  }
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

/**
 * Seals the root key to another agent of the same domain.
 *
 * @param info - Canonical bytes of who sends it to whom under which roster; the same bytes are needed to open it.
 * Caller must: have taken the recipient's key from the newest roster, and have the leaf durable before the result leaves.
 * @throws {@link CryptoError} `E_CRYPTO_KEY`, `E_CRYPTO_DESTROYED`
 */
export async function exportRootForAgent(
  root: RootKey,
  recipientPublicKey: Uint8Array,
  info: Uint8Array,
): Promise<HpkeSealed> {
  return hpkeSeal(recipientPublicKey, info, root.commitment, rootSecretOf(root));
}

/** Form of a key inside what is sealed for its recipient: PKCS #8 of private keys and bytes of all else, or a JWK. */
export type ExportInside = "native" | "jwk";

/**
 * Seals an extractable key to the public key of somebody outside.
 *
 * Caller must: have a command that a quorum approved for this recipient, and have the release's leaf durable before the
 * result leaves.
 * @throws {@link CryptoError} `E_NOT_EXTRACTABLE`; `E_CRYPTO_INPUT` for material without that form or too large for the
 * target's; `E_CRYPTO_KEY`, `E_CRYPTO_DESTROYED`
 */
export async function exportSealed(
  handle: KeyHandle,
  inside: ExportInside,
  target: TransferTarget,
): Promise<TransferSealed> {
  if (!handle.extractable) throw new CryptoError("E_NOT_EXTRACTABLE");
  const material = inside === "jwk" ? jwkBytes(handle) : nativeBytes(handle);
  try {
    return await sealForTransfer(target, material);
  } finally {
    material.fill(0);
  }
}

/**
 * Opens what {@link exportSealed} made, with the recipient's own private key. The caller wipes the result.
 *
 * @param privateKey - PEM of PKCS #8.
 * @throws {@link CryptoError} `E_DECRYPT` for what does not open, `E_CRYPTO_KEY` for a private key of another kind
 */
export async function openExported(privateKey: Uint8Array, sealed: SealedKey): Promise<Buffer> {
  const key = transferPrivateKey(privateKey);
  if (sealed.form === "hpke") {
    const recipient = makeRecipientHandle(key);
    return hpkeOpen(recipient, { enc: sealed.enc ?? new Uint8Array(), ct: sealed.ct }, sealed.info, sealed.aad);
  }
  if (key.asymmetricKeyType !== "rsa") throw new CryptoError("E_CRYPTO_KEY");
  const bytes = key.export({ format: "der", type: "pkcs8" });
  try {
    return openRsa(rsaHandle(bytes, "private-key"), sealed);
  } finally {
    bytes.fill(0);
  }
}

function nativeBytes(handle: KeyHandle): Buffer {
  return handle.materialType === "private-key" ? encodeMaterial(handle, "pkcs8") : encodeMaterial(handle);
}

function jwkBytes(handle: KeyHandle): Buffer {
  try {
    return Buffer.from(JSON.stringify(insideOf(handle).material.key.export({ format: "jwk" })), "utf8");
  } catch (cause) {
    if (cause instanceof CryptoError) throw cause;
    throw new CryptoError("E_CRYPTO_INPUT", "The material has no such form.");
  }
}

/**
 * Returns a key-encryption key as custodians' shares: full-length, of which fewer than the threshold say nothing of it.
 *
 * Caller must: show each to one person, once, and wipe the bytes.
 * @throws {@link CryptoError} `E_CRYPTO_INPUT`, `E_CRYPTO_DESTROYED`
 */
export function exportKekShares(kek: KeyEncryptionKey, threshold: Threshold): Share[] {
  return shareKek(kek, threshold);
}

/**
 * Seals a share to one way of its custodian.
 *
 * @param info - Canonical bytes of what the share belongs to; the same bytes are needed to open it.
 * @throws {@link CryptoError} `E_CRYPTO_KEY`, `E_CRYPTO_DESTROYED`
 */
export function exportShare(share: ShareHandle, publicKey: Uint8Array, info: Uint8Array): Promise<HpkeSealed> {
  return hpkeSeal(publicKey, info, NO_AAD, shareBytesOf(share));
}

/** Seals a backup's key to the recovery file's public key. @throws {@link CryptoError} `E_CRYPTO_KEY`, `E_CRYPTO_DESTROYED` */
export function exportBackupKey(key: BackupKey, publicKey: Uint8Array, info: Uint8Array): Promise<HpkeSealed> {
  return hpkeSeal(publicKey, info, NO_AAD, backupSecretOf(key));
}
