import {
  type Approval,
  DECISION,
  findCredential,
  isPasskeyApproval,
  type VerifiedRoster,
  verifyApproval,
} from "@holdfast/protocol";
import { AdmissionError } from "../admission/errors.ts";
import type { ReadLink } from "./link-envelope.ts";

/** Who objects to a link that waits. */
export interface Objection {
  /** The administrator; null for a recovery key. */
  readonly adm: string | null;
}

/** What an objection is judged by. */
export interface ObjectionPlace {
  /** The roster in force, which the link follows. */
  readonly pinned: VerifiedRoster;
  /** Made just now at this agent's own socket. */
  readonly local: boolean;
}

/**
 * Verifies that somebody who may says no to a link that waits: any one administrator.
 *
 * @throws {@link AdmissionError} `E_CRED_UNKNOWN`, `E_SCHEMA`, `E_LOCAL_ADMIN`; {@link ProtocolError} `E_ASSERT_…`, `E_SIG`
 */
export async function judgeObjection(
  { hash }: ReadLink,
  objection: Approval,
  { pinned, local }: ObjectionPlace,
): Promise<Objection> {
  if (objection.decision !== DECISION.reject || !objection.list.includes(hash))
    throw new AdmissionError("E_SCHEMA", "It is no objection to this change.");
  const found = findCredential(pinned.roster, objection.credId);
  if (found === null) throw new AdmissionError("E_CRED_UNKNOWN");
  if (!local && !isPasskeyApproval(objection)) throw new AdmissionError("E_LOCAL_ADMIN");
  await verifyApproval(objection, found.credential);
  return { adm: found.administrator.adm };
}
