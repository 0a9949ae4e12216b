import { encryptUnder } from "../cipher/encrypt-with.ts";
import { CryptoError } from "../errors.ts";
import { hpkeSeal } from "../hpke/hpke.ts";
import { NO_PERMIT } from "../policy/permit.ts";
import { randomBytes } from "../random/random-bytes.ts";
import { aesHandle, rsaHandle } from "./passing-handles.ts";
import type { TransferForm } from "./transfer-key.ts";

/** To whom bytes are sealed, and what HPKE binds them to. */
export interface TransferTarget {
  readonly form: TransferForm;
  /** A P-256 point for `hpke`, otherwise SubjectPublicKeyInfo of an RSA key. */
  readonly publicKey: Uint8Array;
  /** Of HPKE only; the RSA forms authenticate nothing beside the bytes. */
  readonly info: Uint8Array;
  readonly aad: Uint8Array;
}

/** Sealed bytes. `enc` is HPKE's encapsulated key. */
export interface TransferSealed {
  readonly enc?: Uint8Array;
  readonly ct: Uint8Array;
}

const OAEP_OVERHEAD_BYTES = 66;
const AES_KEY_BYTES = 32;

/**
 * Seals bytes that the caller holds to a public key. Keys of this package leave by egress.ts only.
 *
 * `rsa-kwp` is PKCS #11's CKM_RSA_AES_KEY_WRAP: an AES-256 key by RSA-OAEP with SHA-256, then the bytes by RFC 5649.
 *
 * Caller must: wipe `plaintext`.
 * @throws {@link CryptoError} `E_CRYPTO_KEY`; `E_CRYPTO_INPUT` for more bytes than the form takes
 * @see RFC 9180; RFC 8017 section 7.1; RFC 5649; PKCS #11 3.1 section 6.1.8
 */
export async function sealForTransfer(target: TransferTarget, plaintext: Uint8Array): Promise<TransferSealed> {
  const { form, publicKey, info, aad } = target;
  if (form === "hpke") return hpkeSeal(publicKey, info, aad, plaintext);
  const recipient = rsaHandle(publicKey, "public-key");
  const oaep = { mode: "RSA-OAEP", hash: "SHA-256" } as const;
  if (form === "rsa-oaep") {
    const most = recipient.bits / 8 - OAEP_OVERHEAD_BYTES;
    if (plaintext.byteLength > most)
      throw new CryptoError("E_CRYPTO_INPUT", "RSA-OAEP alone takes no key of this size: use rsa-kwp.", { most });
    return { ct: encryptUnder(recipient, "wrap", oaep, plaintext, NO_PERMIT).ciphertext };
  }
  const secret = randomBytes(AES_KEY_BYTES);
  const between = aesHandle(secret, "wrap");
  try {
    const wrapped = encryptUnder(recipient, "wrap", oaep, secret, NO_PERMIT).ciphertext;
    return {
      ct: Buffer.concat([wrapped, encryptUnder(between, "wrap", { mode: "KWP" }, plaintext, NO_PERMIT).ciphertext]),
    };
  } finally {
    between.zeroize();
    secret.fill(0);
  }
}
