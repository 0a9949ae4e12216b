import { decryptUnder } from "../cipher/encrypt-with.ts";
import { CryptoError } from "../errors.ts";
import { KeyHandle, type MaterialAttributes } from "../handle/key-handle.ts";
import { hpkeOpen } from "../hpke/hpke.ts";
import { RecipientHandle } from "../hpke/recipient-handle.ts";
import { importMaterial } from "../material/import-material.ts";
import type { MaterialFormat } from "../policy/algorithm.ts";
import { NO_PERMIT } from "../policy/permit.ts";
import { aesHandle } from "./passing-handles.ts";
import type { TransferSealed } from "./seal-bytes.ts";
import type { TransferForm } from "./transfer-key.ts";

/** A sealed key as it came, and what it was sealed with. */
export interface SealedKey extends TransferSealed {
  readonly form: TransferForm;
  readonly info: Uint8Array;
  readonly aad: Uint8Array;
}

/** The one private key that opens it: of HPKE, or an RSA key with the usage `unwrap`. */
export type TransferOpener = RecipientHandle | KeyHandle;

/**
 * Opens a key that was sealed to a one-time key and takes it in; its bytes do not come to the caller.
 *
 * @throws {@link CryptoError} `E_DECRYPT` for what does not open, whatever the reason; then as `importMaterial`
 */
export async function openSealedKey(
  opener: TransferOpener,
  sealed: SealedKey,
  format: MaterialFormat,
  attributes: MaterialAttributes,
): Promise<KeyHandle> {
  const opened = await openBytes(opener, sealed);
  try {
    return importMaterial(opened, format, attributes);
  } finally {
    opened.fill(0);
  }
}

async function openBytes(opener: TransferOpener, sealed: SealedKey): Promise<Buffer> {
  if (opener instanceof RecipientHandle) {
    if (sealed.form !== "hpke" || sealed.enc === undefined) throw new CryptoError("E_DECRYPT");
    return hpkeOpen(opener, { enc: sealed.enc, ct: sealed.ct }, sealed.info, sealed.aad);
  }
  if (!(opener instanceof KeyHandle)) throw new CryptoError("E_CRYPTO_KEY");
  return openRsa(opener, sealed);
}

/**
 * Opens bytes of the RSA forms under a key with the usage `unwrap`. Inside this package only; the caller wipes them.
 *
 * @throws {@link CryptoError} `E_DECRYPT`, `E_CRYPTO_USAGE`, `E_CRYPTO_DESTROYED`
 */
export function openRsa(opener: KeyHandle, { form, ct }: Pick<SealedKey, "form" | "ct">): Buffer {
  const size = opener.bits / 8;
  if (form === "hpke" || ct.byteLength < size || (form === "rsa-oaep" && ct.byteLength !== size))
    throw new CryptoError("E_DECRYPT");
  const oaep = { mode: "RSA-OAEP", hash: "SHA-256" } as const;
  const secret = decryptUnder(opener, "unwrap", oaep, ct.subarray(0, size), NO_PERMIT);
  if (form === "rsa-oaep") return secret;
  try {
    if (secret.byteLength !== 16 && secret.byteLength !== 24 && secret.byteLength !== 32)
      throw new CryptoError("E_DECRYPT");
    const between = aesHandle(secret, "unwrap");
    try {
      return decryptUnder(between, "unwrap", { mode: "KWP" }, ct.subarray(size), NO_PERMIT);
    } finally {
      between.zeroize();
    }
  } finally {
    secret.fill(0);
  }
}
