/**
 * Whether an Ed25519 signature fits, by the platform's own WebCrypto. Bytes that are no key or no signature at all
 * simply do not fit.
 */
export async function verifyEd25519(
  publicKey: Uint8Array,
  signature: Uint8Array,
  message: Uint8Array,
): Promise<boolean> {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  try {
    const key = await crypto.subtle.importKey("raw", new Uint8Array(publicKey), "Ed25519", false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", key, new Uint8Array(signature), new Uint8Array(message));
  } catch (error) {
    // A 32-byte string that is no curve point is refused by some platforms at import, by others at verification.
    if (error instanceof DOMException && (error.name === "DataError" || error.name === "OperationError")) return false;
    throw error;
  }
}
