import {
  type Administrator,
  type Approval,
  type Credential,
  findCredential,
  type Roster,
  verifyApproval,
} from "@holdfast/protocol";
import { AdmissionError } from "../errors.ts";

/** An approval whose signature and place in the roster were verified. */
export interface VerifiedApproval {
  readonly approval: Approval;
  readonly administrator: Administrator;
  readonly credential: Credential;
}

/**
 * Step 9: every approval is by a credential of the roster, over a list that holds this command, and its signature fits.
 *
 * @throws {@link AdmissionError} `E_CRED_UNKNOWN`, `E_SCHEMA` for an approval of other documents; {@link ProtocolError}
 *   `E_ASSERT_…`, `E_SIG`
 */
export async function verifyApprovals(
  approvals: readonly Approval[],
  hash: string,
  roster: Roster,
): Promise<readonly VerifiedApproval[]> {
  const verified: VerifiedApproval[] = [];
  for (const approval of approvals) verified.push(await verifyOne(approval, hash, roster));
  return verified;
}

async function verifyOne(approval: Approval, hash: string, roster: Roster): Promise<VerifiedApproval> {
  if (!approval.list.includes(hash))
    throw new AdmissionError("E_SCHEMA", "An approval is of other documents than this one.");
  const found = findCredential(roster, approval.credId);
  if (found === null) throw new AdmissionError("E_CRED_UNKNOWN");
  await verifyApproval(approval, found.credential);
  return { approval, ...found };
}
