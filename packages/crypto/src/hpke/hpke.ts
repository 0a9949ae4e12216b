import { createPublicKey } from "node:crypto";
import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from "@hpke/core";
import { CryptoError } from "../errors.ts";
import { type RecipientHandle, runtimeRecipientKeyOf } from "./recipient-handle.ts";

/** What travels to the recipient: the encapsulated key (65 bytes) and the ciphertext with its tag. */
export interface HpkeSealed {
  readonly enc: Uint8Array;
  readonly ct: Uint8Array;
}

/** Size of an encapsulated P-256 key and of a public key. */
export const HPKE_PUBLIC_KEY_BYTES = 65;

const ECDH = { name: "ECDH", namedCurve: "P-256" } as const;
const suite = new CipherSuite({
  kem: new DhkemP256HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes256Gcm(),
});

/**
 * Encrypts one message to a P-256 public key: HPKE base mode, DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.
 *
 * Inside this package only: what may be sent is decided by egress.ts and the file form.
 *
 * @throws {@link CryptoError} `E_CRYPTO_KEY` for a public key that is not an uncompressed point of the curve
 * @see RFC 9180 section 6.1
 */
export async function hpkeSeal(
  publicKey: Uint8Array,
  info: Uint8Array,
  aad: Uint8Array,
  plaintext: Uint8Array,
): Promise<HpkeSealed> {
  const recipientPublicKey = await importPublic(publicKey);
  const { enc, ct } = await suite.seal({ recipientPublicKey, info }, plaintext, aad);
  return { enc: new Uint8Array(enc), ct: new Uint8Array(ct) };
}

/**
 * Opens a message sealed to the recipient with the same info and aad.
 *
 * Inside this package only; the caller wipes the result.
 *
 * @throws {@link CryptoError} `E_DECRYPT` for everything that does not open, `E_CRYPTO_DESTROYED`
 */
export async function hpkeOpen(
  recipient: RecipientHandle,
  sealed: HpkeSealed,
  info: Uint8Array,
  aad: Uint8Array,
): Promise<Buffer> {
  const privateKey = runtimeRecipientKeyOf(recipient);
  try {
    const recipientKey = {
      privateKey: privateKey.toCryptoKey(ECDH, false, ["deriveBits"]),
      publicKey: createPublicKey(privateKey).toCryptoKey(ECDH, true, []),
    } as CryptoKeyPair; // node's and the DOM's types of one and the same class
    return Buffer.from(await suite.open({ recipientKey, enc: sealed.enc, info }, sealed.ct, aad));
  } catch {
    throw new CryptoError("E_DECRYPT");
  }
}

async function importPublic(publicKey: Uint8Array): Promise<CryptoKey> {
  if (!(publicKey instanceof Uint8Array) || publicKey.byteLength !== HPKE_PUBLIC_KEY_BYTES || publicKey[0] !== 4)
    throw new CryptoError("E_CRYPTO_KEY");
  try {
    return await suite.kem.deserializePublicKey(publicKey);
  } catch {
    throw new CryptoError("E_CRYPTO_KEY");
  }
}
