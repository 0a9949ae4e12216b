import { registerChallenge } from "../approval/challenges.ts";
import { parseRegistration } from "../approval/parse-registration.ts";
import { verifyRawSignature } from "../approval/raw-signature.ts";
import { verifyAssertion } from "../approval/verify-assertion.ts";
import { ProtocolError } from "../errors.ts";
import type { Administrator, Credential, PasskeyCredential, PinnedRoster, Roster } from "./roster.ts";
import type { PasskeyPossession, Possession } from "./roster-link.ts";

/**
 * Verifies that an added credential was there when it was registered.
 *
 * A passkey's proof names the invitation: an agent of the roster, this administrator. A local administrator's proof is
 * its signature over the roster itself.
 *
 * @returns False when the proof is for another administrator or agent, or of another kind.
 * @throws {@link ProtocolError} as {@link verifyAssertion} and {@link verifyRawSignature}; where the roster names makers
 *   `E_ROSTER_ATTN`, and as {@link parseRegistration}
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
  const challenge = registerChallenge(possession);
  await verifyAssertion(possession, credential, challenge);
  await verifyAddedMaker(possession, credential, challenge, roster);
  return true;
}

/**
 * A passkey that is added under a roster which names makers has to prove its maker, by the very registration that made
 * it; under any other roster none is called verified.
 */
async function verifyAddedMaker(
  { attestation }: PasskeyPossession,
  credential: PasskeyCredential,
  challenge: Uint8Array,
  { attn, issued }: Roster,
): Promise<void> {
  if (attn === undefined && credential.att !== "verified") return;
  if (attn === undefined) throw unproved("the roster names no makers");
  if (attestation === undefined || credential.att !== "verified") throw unproved("its registration is not there");
  const { origin, rpId } = credential;
  const made = await parseRegistration(attestation, { challenge, origin, rpId }, { allowed: attn, at: issued });
  const { credId, cose, alg, aaguid, be } = credential;
  const is = [made.credId === credId, made.cose === cose, made.alg === alg, made.aaguid === aaguid, made.be === be];
  if (is.includes(false)) throw unproved("its registration is another passkey's");
}

function unproved(problem: string): ProtocolError {
  return new ProtocolError("E_ROSTER_ATTN", `A passkey's maker is not proved: ${problem}.`);
}
