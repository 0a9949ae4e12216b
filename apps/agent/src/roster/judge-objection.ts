import {
  type Approval,
  findCredential,
  isPasskeyApproval,
  onlyTightens,
  type PinnedRoster,
  ProtocolError,
  type VerifiedRoster,
  type VetoedBy,
  verifyRosterVeto,
} from "@holdfast/protocol";
import { AdmissionError } from "../admission/errors.ts";
import type { LogIndex } from "../keystore/log-index.ts";
import type { ReadLink } from "./link-envelope.ts";

/** What an objection to a link is judged by. */
export interface ObjectionPlace {
  /** The roster in force, which the link has to follow. */
  readonly pinned: VerifiedRoster;
  readonly index: Pick<LogIndex, "link" | "isVetoed">;
  /** Made just now at this agent's own socket. */
  readonly local: boolean;
}

/**
 * Verifies that somebody who may says no to a link.
 *
 * What only tightens waits no delay, and nobody's no ends it: who is to be removed could stay for ever. A recovery can be
 * objected to only while its delay runs: before that, whoever holds a stolen passkey could use up or prevent what its owner
 * has not even signed.
 *
 * @param link - As this agent has it, waiting for approvals or its delay: approvals were verified.
 * @throws {@link AdmissionError} `E_ROSTER_SEQ`, `E_LOCAL_ADMIN`; {@link ProtocolError} as `verifyRosterVeto`
 */
export async function judgeObjection(
  link: ReadLink,
  objection: Approval,
  { pinned, index, local }: ObjectionPlace,
): Promise<VetoedBy> {
  const { hash, kind, roster, envelope } = link;
  if (roster.tid !== pinned.tid) throw new AdmissionError("E_TENANT");
  if (roster.prev !== pinned.hash || roster.seq !== pinned.roster.seq + 1) throw new AdmissionError("E_ROSTER_SEQ");
  if (kind === "recover" && index.link(hash)?.state !== "scheduled")
    throw new ProtocolError("E_VETO", "A recovery is objected to while its delay runs.");
  if (isBeyondObjection(link, pinned))
    throw new ProtocolError("E_VETO", "A change that only takes away cannot be rejected; it may be left to expire.");
  const isLocal = findCredential(pinned.roster, objection.credId)?.credential.channel === "local";
  if (isLocal && !local && !isPasskeyApproval(objection)) throw new AdmissionError("E_LOCAL_ADMIN");
  return verifyRosterVeto(pinned, envelope, objection, index.isVetoed(roster.seq));
}

/** Whether a link that follows this roster applies at once when it has its approvals, so that no single no may end it. */
export function isBeyondObjection({ kind, roster }: Pick<ReadLink, "kind" | "roster">, old: PinnedRoster): boolean {
  return kind !== "recover" && roster.prev === old.hash && onlyTightens(old.roster, roster);
}
