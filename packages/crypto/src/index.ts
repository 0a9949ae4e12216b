/**
 * The key-holding package: what can be done with keys. Nothing exported here returns key material.
 *
 * @example
 * ```ts
 * import { generateKey, openWithKey, RootKey, sealWithKey, unwrapKeyMaterial, wrapKeyMaterial } from "@holdfast/crypto";
 *
 * const root = RootKey.generate();
 * const id = { keyId: "k_aaaaaaaaaaaaaaaaaaaaaaaaaa", version: 1 };
 * const key = generateKey("AES-256", { id, usages: ["encrypt", "decrypt"], extractable: false });
 * const wrapped = wrapKeyMaterial(root.kek, key, "domain"); // what the store holds
 * const binding = { domain: "domain", id, algorithm: "AES-256", usages: ["encrypt", "decrypt"], extractable: false } as const;
 * const again = unwrapKeyMaterial(root.kek, wrapped, binding);
 * const ciphertext = sealWithKey(again, Buffer.from("hello"), Buffer.from("context"));
 * openWithKey(again, ciphertext, Buffer.from("context")); // "hello"
 * ```
 */
export { type CipherInParts, createCipher, createDecipher, type DecipherInParts } from "./cipher/cipher-stream.ts";
export { decryptWith, encryptWith } from "./cipher/encrypt-with.ts";
export { agree } from "./derivation/agree.ts";
export { derive } from "./derivation/derive.ts";
export type { DeriveParams } from "./derivation/derive-params.ts";
export { decapsulate, encapsulate } from "./derivation/encapsulate.ts";
export {
  CIPHERTEXT_OVERHEAD_BYTES,
  openWithKey,
  parseCiphertextHeader,
  sealWithKey,
} from "./envelope/ciphertext.ts";
export { CryptoError, type CryptoErrorCode } from "./errors.ts";
export {
  BackupKey,
  openRootUnder,
  openStreamUnder,
  sealRootUnder,
  sealStreamUnder,
} from "./escrow/backup-key.ts";
export { joinShares, openShare, type ShareHandle, splitBackupKey } from "./escrow/share-handle.ts";
export { type FipsFacts, fipsFacts, fipsStatus } from "./fips/fips-status.ts";
export type { KeyAttributes, KeyHandle, MaterialAttributes } from "./handle/key-handle.ts";
export type { KeyReference } from "./handle/key-reference.ts";
export { HPKE_PUBLIC_KEY_BYTES, type HpkeSealed } from "./hpke/hpke.ts";
export { openSealedBackupKey, openSealedRoot } from "./hpke/open-root.ts";
export { generateRecipientKey, type RecipientHandle } from "./hpke/recipient-handle.ts";
export { openStream, STREAM_CHUNK_BYTES, STREAM_HEAD_BYTES, sealStream } from "./hpke/sealed-stream.ts";
export { digest } from "./mac/digest.ts";
export { type MacParams, mac, verifyMac } from "./mac/mac.ts";
export type { ComponentName } from "./material/components.ts";
export { formatOf } from "./material/encode-material.ts";
export { exportPublic, importMaterial, type PublicFormat, publicOf } from "./material/import-material.ts";
export { importTransparent, type TransparentKey } from "./material/import-transparent.ts";
export { digestOfHighEntropyMaterial } from "./material/material-digest.ts";
export { requireSound } from "./material/require-sound.ts";
export { HsmError, type HsmErrorCode } from "./pkcs11/hsm-error.ts";
export { type Pkcs11Uri, parsePkcs11Uri } from "./pkcs11/pkcs11-uri.ts";
export type { TokenFacts } from "./pkcs11/request.ts";
export { mechanismName, pinWarningOf, Token, type TokenCounters, type TokenOptions } from "./pkcs11/token.ts";
export { establishTokenKek, openTokenKek, parseTokenKek, type TokenKek } from "./pkcs11/token-kek.ts";
export { forgetTokenKey, generateTokenKey, generateTokenKeyPair, tokenReferenceOf } from "./pkcs11/token-keys.ts";
export type {
  KeyAlgorithm,
  MacAlgorithm,
  MaterialFormat,
  Sealed,
  SignatureParams,
  SignatureScheme,
} from "./policy/algorithm.ts";
export type { CipherMode, CipherParams, DecipherParams, Encrypted, Padding } from "./policy/cipher-params.ts";
export type { HashAlgorithm } from "./policy/hash.ts";
export { MAX_MATERIAL_BYTES, MAX_MESSAGE_BYTES } from "./policy/limits.ts";
export type { Permit } from "./policy/permit.ts";
export { type KeyUsage, type MaterialType, PERFORMED_USAGES } from "./policy/usage.ts";
export {
  generateKey,
  generateKeyPair,
  generateKeyPairLater,
  isKeptAlgorithm,
  type KeyPair,
  keyAlgorithms,
  type PairAttributes,
  usagesOf,
} from "./provider/crypto.ts";
export { randomBytes } from "./random/random-bytes.ts";
export { StirredRandom } from "./random/stirred-random.ts";
export { ENTROPY_SOURCE, runSelfTests, type SelfTests } from "./selftest/run-self-tests.ts";
export type { Threshold } from "./shamir/share-bytes.ts";
export { joinKek } from "./shamir/share-kek.ts";
export { joinKey, splitKey } from "./shamir/split-key.ts";
export type { SplitMethod } from "./shamir/split-secret.ts";
export { sign, verify } from "./signature/sign.ts";
export { deriveSigningKey } from "./signing/derive-signing-key.ts";
export { generateSigningKey, type SigningHandle } from "./signing/signing-handle.ts";
export {
  parseCoseVerifyingKey,
  parseVerifyingKey,
  type SignatureForm,
  type SigningScheme,
  type VerifyingKey,
} from "./signing/verifying-key.ts";
export { openSealedKey, type SealedKey, type TransferOpener } from "./transfer/open-sealed.ts";
export { sealForTransfer, type TransferSealed, type TransferTarget } from "./transfer/seal-bytes.ts";
export { readTransferKey, type TransferForm, type TransferKey } from "./transfer/transfer-key.ts";
export { HoldfastCrypto } from "./webcrypto/holdfast-crypto.ts";
export { KeyEncryptionKey } from "./wrapping/key-encryption-key.ts";
export {
  deriveKekFromPassphrase,
  newPassphraseParameters,
  type PassphraseParameters,
  parsePassphraseParameters,
} from "./wrapping/passphrase.ts";
export { openRootKey, RootKey, sealRootKey } from "./wrapping/root-key.ts";
export { type ReadUnwrapped, unwrapKey } from "./wrapping/unwrap-key.ts";
export {
  unwrapRecipientKey,
  unwrapSigningKey,
  wrapRecipientKey,
  wrapSigningKey,
} from "./wrapping/wrap-agent-key.ts";
export { unwrapKek, wrapKek } from "./wrapping/wrap-kek.ts";
export {
  type KeyBinding,
  kekNumberOf,
  rewrapKeyMaterial,
  unwrapKeyMaterial,
  unwrapTokenKey,
  wrapKeyMaterial,
} from "./wrapping/wrap-key-material.ts";
