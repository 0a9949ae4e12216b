import { createECDH, createPrivateKey, hkdfSync } from "node:crypto";
import { CryptoError } from "../errors.ts";
import { type RootKey, rootSecretOf } from "../wrapping/root-key.ts";
import { makeSigningHandle, type SigningHandle } from "./signing-handle.ts";

/** Order of P-256, big-endian. */
const ORDER = Buffer.from("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", "hex");

/**
 * A P-256 signing key that follows from the domain's root key: every agent of the domain, and one restored from a backup,
 * has the same, and nothing of it is stored.
 *
 * @param purpose - Names the key: another purpose, another key. `[a-z]+`.
 * @throws {@link CryptoError} `E_CRYPTO_INPUT`, `E_CRYPTO_DESTROYED`, `E_SELFTEST`
 * @see RFC 5869; FIPS 186-5 appendix A.2.2 (rejection of candidates)
 */
export function deriveSigningKey(root: RootKey, purpose: string): SigningHandle {
  if (!/^[a-z]{1,32}$/.test(purpose)) throw new CryptoError("E_CRYPTO_INPUT");
  const secret = rootSecretOf(root);
  for (let attempt = 0; attempt < 64; attempt += 1) {
    const scalar = Buffer.from(hkdfSync("sha256", secret, "", `holdfast/signing/v1/${purpose}/${attempt}`, 32));
    try {
      if (scalar.every((byte) => byte === 0) || scalar.compare(ORDER) >= 0) continue;
      return makeSigningHandle(keyOf(scalar));
    } finally {
      scalar.fill(0);
    }
  }
  throw new CryptoError("E_SELFTEST");
}

function keyOf(scalar: Buffer): ReturnType<typeof createPrivateKey> {
  const pair = createECDH("prime256v1");
  pair.setPrivateKey(scalar);
  const point = pair.getPublicKey();
  const part = (from: number) => point.subarray(from, from + 32).toString("base64url");
  const jwk = { kty: "EC", crv: "P-256", x: part(1), y: part(33), d: scalar.toString("base64url") };
  return createPrivateKey({ key: jwk, format: "jwk" });
}
