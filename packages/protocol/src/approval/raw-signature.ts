import { coseKeyOf } from "../cose/known-keys.ts";
import { verifySignature } from "../cose/verify-signature.ts";
import { findBase64url } from "../encoding/base64url.ts";
import { ProtocolError } from "../errors.ts";
import { rawSignatureBase, type SignaturePurpose } from "./challenges.ts";

/**
 * Verifies a raw key's signature over a hash for one purpose. ECDSA is r‖s, 64 bytes.
 *
 * @param cose - The key's COSE_Key, base64url, from a verified document.
 * @param hash - A docHash as text, or a hash or challenge as bytes.
 * @param signature - Base64url, hostile.
 * @throws {@link ProtocolError} `E_SIG`; `E_CANON` when the key itself is none
 */
export async function verifyRawSignature(
  cose: string,
  purpose: SignaturePurpose,
  hash: string | Uint8Array,
  signature: string,
): Promise<void> {
  const key = coseKeyOf(cose);
  const bytes = findBase64url(signature);
  if (bytes === null || !(await verifySignature(key, bytes, rawSignatureBase(purpose, hash), "raw"))) {
    throw new ProtocolError("E_SIG", "A signature does not fit.", { purpose });
  }
}
