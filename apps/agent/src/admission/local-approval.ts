import type { SigningHandle } from "@holdfast/crypto";
import {
  approveChallenge,
  encodeBase64url,
  isLocalDomain,
  type RawApproval,
  type Roster,
  rawSignatureBase,
} from "@holdfast/protocol";
import { AdmissionError } from "./errors.ts";

/**
 * A decision by the local administrator's key. Caller must: have been asked over the agent's own socket.
 *
 * @throws {@link AdmissionError} `E_LOCAL_ADMIN` when people with passkeys administer the domain
 */
export function approveLocally(
  list: readonly string[],
  decision: 1 | 2,
  { local, roster }: { readonly local: SigningHandle; readonly roster: Roster },
): RawApproval {
  const credentials = roster.admins.flatMap(({ creds }) => creds);
  const credential = credentials.find(({ channel }) => channel === "local");
  if (!isLocalDomain(roster) || credential === undefined) throw new AdmissionError("E_LOCAL_ADMIN");
  const base = rawSignatureBase("local", approveChallenge(decision, list));
  return { decision, list: [...list], credId: credential.credId, sig: encodeBase64url(local.sign(base)) };
}
