import {
  encodeBase64url,
  findBase64url,
  HoldfastError,
  type IntroductionOf,
  parseCoseKey,
  recoveryChallenge,
  recoveryKeyId,
  verifyRecoveryPossession,
} from "@holdfast/protocol";
import { IntroductionError } from "./errors.ts";

/** What a holder's browser or terminal sends of a replacement key: its public half and its signature. All hostile. */
export interface OfferedReplacementKey {
  /** base64url COSE_Key. */
  readonly cose: string;
  readonly sig: string;
}

/** What the holder's side needs to sign. */
export interface ReplacementKeyAsked {
  readonly aid: string;
  readonly inviteId: string;
  /** What the key signs, base64url. */
  readonly challenge: string;
}

/** What a replacement key signs of an invitation. */
export function replacementKeyAsked(aid: string, inviteId: string): ReplacementKeyAsked {
  return { aid, inviteId, challenge: encodeBase64url(recoveryChallenge({ aid, inviteId })) };
}

/**
 * Takes a replacement key: an Ed25519 key, which a person can write down as words, that signed this invitation.
 *
 * @throws {@link IntroductionError} `E_OFFER` for another kind of key, or a signature of another one
 */
export async function readReplacementKey(
  { aid, inviteId }: Pick<ReplacementKeyAsked, "aid" | "inviteId">,
  { cose, sig }: OfferedReplacementKey,
): Promise<IntroductionOf<"replacement-key">["object"]> {
  try {
    if (parseCoseKey(findBase64url(cose) ?? new Uint8Array()).alg === "EdDSA") {
      const possession = { credId: recoveryKeyId({ cose }), aid, inviteId, sig };
      await verifyRecoveryPossession({ cose }, possession);
      return { kind: "replacement-key", key: { alg: "EdDSA", cose }, possession };
    }
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
  }
  throw new IntroductionError("E_OFFER", "This is no replacement key that was just made for this invitation.");
}
