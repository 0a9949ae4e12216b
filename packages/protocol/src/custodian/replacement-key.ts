import type { RawApproval } from "../approval/approval.ts";
import { approveChallenge, DECISION, rawSignatureBase } from "../approval/challenges.ts";
import { encodeOkpCoseKey } from "../cose/cose-key.ts";
import { decodeBase64url, encodeBase64url } from "../encoding/base64url.ts";
import { deriveRawCredentialId } from "../ids/derive-ids.ts";
import { decodeMnemonic, encodeMnemonic } from "../words/mnemonic.ts";

/** PKCS#8 wrapping of a raw Ed25519 seed (RFC 8410 section 7). */
const PKCS8_PREFIX = new Uint8Array([0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20]);

/** A replacement (recovery) key in the hands of its holder: it signs, and never shows what it is made of. */
export interface ReplacementSigner {
  /** The public key, base64url COSE_Key, as rosters have it. */
  readonly cose: string;
  /** Signs a recovery, or an objection to a change of the recovery keys, over one link. */
  decide(purpose: "recover" | "veto", linkHash: string): Promise<RawApproval>;
  /** Proves at registration that the key is there. @param challenge - The register challenge, base64url. */
  prove(challenge: string): Promise<string>;
}

/** Makes a replacement key from fresh randomness, with its 24 words, which are shown once. */
export async function makeReplacementKey(): Promise<{
  readonly words: readonly string[];
  readonly signer: ReplacementSigner;
}> {
  const seed = crypto.getRandomValues(new Uint8Array(32));
  const signer = await signerOf(seed);
  const words = encodeMnemonic(seed);
  seed.fill(0);
  return { words, signer };
}

/**
 * Opens a replacement key from its 24 words.
 *
 * @throws {@link ProtocolError} `E_SCHEMA` as {@link decodeMnemonic}: `detail.word` is the place of a word that is none
 */
export async function openReplacementKey(words: readonly string[]): Promise<ReplacementSigner> {
  const seed = decodeMnemonic(words);
  const signer = await signerOf(seed);
  seed.fill(0);
  return signer;
}

/** The 24 words in what somebody typed, pasted or kept as a file: numbers, points and lines beside them do not matter. */
export function readReplacementWords(text: string): string[] {
  const lines = text.toLowerCase().split(/\r?\n/);
  const numbered = lines.filter((line) => /^\s*\d{1,2}[.):]?\s+[a-z]+\s*$/.test(line));
  const chosen = numbered.length === 24 ? numbered : lines;
  return chosen.flatMap((line) => line.match(/[a-z]+/g) ?? []);
}

async function signerOf(seed: Uint8Array): Promise<ReplacementSigner> {
  const pkcs8 = new Uint8Array([...PKCS8_PREFIX, ...seed]);
  const key = await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", true, ["sign"]);
  const { x } = await crypto.subtle.exportKey("jwk", key);
  const kept = await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", false, ["sign"]);
  pkcs8.fill(0);
  const cose = encodeOkpCoseKey(decodeBase64url(x ?? ""));
  const sign = async (purpose: "recover" | "veto", hash: Uint8Array) =>
    encodeBase64url(new Uint8Array(await crypto.subtle.sign("Ed25519", kept, rawSignatureBase(purpose, hash))));
  return {
    cose: encodeBase64url(cose),
    async decide(purpose, linkHash) {
      const decision = purpose === "recover" ? DECISION.approve : DECISION.reject;
      const list = [linkHash];
      const sig = await sign(purpose, approveChallenge(decision, list));
      return { decision, list, credId: deriveRawCredentialId(cose), sig };
    },
    prove: (challenge) => sign("recover", decodeBase64url(challenge)),
  };
}
