import {
  decodeBase64url,
  encodeBase64url,
  encodeMnemonic,
  encodeOkpCoseKey,
  rawSignatureBase,
} from "@holdfast/protocol";

/** A replacement (recovery) key made in this page: its words for the person, its public part for the agent. */
export interface ReplacementKey {
  /** The 32-byte Ed25519 seed as 24 BIP-39 words. */
  readonly words: readonly string[];
  /** The public key and its signature (purpose recover) over the register challenge; all the agent ever gets. */
  readonly proof: { readonly cose: string; readonly sig: string };
}

/** PKCS#8 wrapping of a raw Ed25519 seed (RFC 8410 section 7). */
const PKCS8_PREFIX = new Uint8Array([0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20]);

/**
 * Makes an Ed25519 replacement key from fresh randomness.
 *
 * @param challenge - The register challenge, base64url.
 */
export async function makeReplacementKey(challenge: string): Promise<ReplacementKey> {
  const seed = crypto.getRandomValues(new Uint8Array(32));
  const pkcs8 = new Uint8Array([...PKCS8_PREFIX, ...seed]);
  const privateKey = await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", true, ["sign"]);
  pkcs8.fill(0);
  const { x } = await crypto.subtle.exportKey("jwk", privateKey);
  const base = rawSignatureBase("recover", decodeBase64url(challenge));
  const signature = await crypto.subtle.sign("Ed25519", privateKey, base.slice());
  const words = encodeMnemonic(seed);
  seed.fill(0);
  return {
    words,
    proof: {
      cose: encodeBase64url(encodeOkpCoseKey(decodeBase64url(x ?? ""))),
      sig: encodeBase64url(new Uint8Array(signature)),
    },
  };
}
