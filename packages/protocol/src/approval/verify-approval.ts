import type { Untrusted } from "../brand.ts";
import { ProtocolError } from "../errors.ts";
import type { Credential } from "../roster/roster.ts";
import { type Approval, isPasskeyApproval } from "./approval.ts";
import { approveChallenge, type SignaturePurpose } from "./challenges.ts";
import { verifyRawSignature } from "./raw-signature.ts";
import { type AssertionFacts, verifyAssertion } from "./verify-assertion.ts";

/**
 * Verifies one approval with the credential that the roster has under its id.
 *
 * Caller must: check that the list holds the document in question, and count people, groups and channels.
 *
 * @param credential - From a verified roster.
 * @returns What a passkey told besides; null for a raw key.
 * @throws {@link ProtocolError} `E_CRED_UNKNOWN` when the kinds do not match; `E_CHANNEL` where one touch at a hosted page is of several; else as {@link verifyAssertion} or `E_SIG`
 */
export async function verifyApproval(
  approval: Untrusted<Approval>,
  credential: Credential,
): Promise<AssertionFacts | null> {
  if (isPasskeyApproval(approval)) {
    if (credential.channel === "local" || credential.credId !== approval.credId) throw unknownCredential();
    if (credential.channel === "hosted" && approval.list.length > 1)
      throw new ProtocolError("E_CHANNEL", "A touch at a hosted page decides on one command or change alone.");
    return verifyAssertion(approval, credential, approveChallenge(approval.decision, approval.list));
  }
  if (credential.channel !== "local" || credential.credId !== approval.credId) throw unknownCredential();
  await verifyRawApproval(approval, credential.cose, "local");
  return null;
}

/**
 * Verifies a raw key's decision.
 *
 * @param purpose - `local` for the local administrator, `recover` or `veto` for a recovery key.
 * @throws {@link ProtocolError} `E_SIG`
 */
export function verifyRawApproval(
  approval: Untrusted<Pick<Approval, "decision" | "list" | "sig">>,
  cose: string,
  purpose: Extract<SignaturePurpose, "local" | "recover" | "veto">,
): Promise<void> {
  return verifyRawSignature(cose, purpose, approveChallenge(approval.decision, approval.list), approval.sig);
}

function unknownCredential(): ProtocolError {
  return new ProtocolError("E_CRED_UNKNOWN", "The approval was made with a credential that the roster does not have.");
}
