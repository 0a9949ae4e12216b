import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { CryptoError } from "../errors.ts";
import { HPKE_PUBLIC_KEY_BYTES } from "../hpke/hpke.ts";

/** How keys are sealed for whoever has a private key. */
export type TransferForm = "hpke" | "rsa-oaep" | "rsa-kwp";

const SMALLEST_RSA_BITS = 2048;
const LARGEST_RSA_BITS = 8192;

/** A public key that keys can be sealed to. */
export interface TransferKey {
  readonly kind: "p256" | "rsa";
  /** An uncompressed point, or SubjectPublicKeyInfo. */
  readonly bytes: Buffer;
}

/**
 * Reads a public key that keys shall be sealed to: PEM or DER of SubjectPublicKeyInfo, or a P-256 point.
 *
 * @throws {@link CryptoError} `E_CRYPTO_KEY` for anything but P-256 and RSA of 2048 to 8192 bits
 */
export function readTransferKey(given: Uint8Array): TransferKey {
  const bytes = Buffer.from(given);
  if (bytes.length === HPKE_PUBLIC_KEY_BYTES && bytes[0] === 4) return { kind: "p256", bytes };
  let key: KeyObject;
  try {
    key = bytes.toString("latin1").includes("-----BEGIN PUBLIC KEY-----")
      ? createPublicKey(bytes)
      : createPublicKey({ key: bytes, format: "der", type: "spki" });
  } catch {
    throw new CryptoError("E_CRYPTO_KEY");
  }
  if (key.asymmetricKeyType === "ec" && key.asymmetricKeyDetails?.namedCurve === "prime256v1") {
    const { x = "", y = "" } = key.export({ format: "jwk" });
    return {
      kind: "p256",
      bytes: Buffer.concat([Buffer.of(4), Buffer.from(String(x), "base64url"), Buffer.from(String(y), "base64url")]),
    };
  }
  return { kind: "rsa", bytes: requireRsa(key).export({ format: "der", type: "spki" }) };
}

/** The private key of PKCS #8 in PEM, without passphrase. Inside this package only. @throws {@link CryptoError} `E_CRYPTO_KEY` */
export function transferPrivateKey(pem: Uint8Array): KeyObject {
  try {
    return createPrivateKey(Buffer.from(pem));
  } catch {
    throw new CryptoError("E_CRYPTO_KEY");
  }
}

function requireRsa(key: KeyObject): KeyObject {
  const { modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType !== "rsa" || modulusLength < SMALLEST_RSA_BITS || modulusLength > LARGEST_RSA_BITS)
    throw new CryptoError("E_CRYPTO_KEY");
  return key;
}
