import { registerChallenge } from "../approval/challenges.ts";
import { verifyRawSignature } from "../approval/raw-signature.ts";
import { verifyAssertion } from "../approval/verify-assertion.ts";
import type { Administrator, Credential, PinnedRoster } from "./roster.ts";
import type { Possession } from "./roster-link.ts";

/**
 * Verifies that an added credential was there when it was registered.
 *
 * A passkey's proof names the invitation: an agent of the roster, this administrator. A local administrator's proof is
 * its signature over the roster itself.
 *
 * @returns False when the proof is for another administrator or agent, or of another kind.
 * @throws {@link ProtocolError} as {@link verifyAssertion} and {@link verifyRawSignature}
 */
export async function verifyPossession(
  possession: Possession,
  credential: Credential,
  administrator: Pick<Administrator, "adm">,
  { roster, hash }: PinnedRoster,
): Promise<boolean> {
  if (credential.channel === "local") {
    if ("clientDataJSON" in possession) return false;
    await verifyRawSignature(credential.cose, "local", hash, possession.sig);
    return true;
  }
  if (!("clientDataJSON" in possession) || possession.adm !== administrator.adm) return false;
  if (!roster.agents.some(({ aid }) => aid === possession.aid)) return false;
  await verifyAssertion(possession, credential, registerChallenge(possession));
  return true;
}
