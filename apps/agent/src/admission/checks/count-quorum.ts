import {
  type Command,
  channelCounts,
  DECISION,
  isInGroups,
  isRejectable,
  quorumFor,
  type Roster,
} from "@holdfast/protocol";
import { AdmissionError } from "../errors.ts";
import type { VerifiedApproval } from "./verify-approvals.ts";

/** How far a command is, and whose approvals made it so. */
export interface QuorumCount {
  readonly have: number;
  readonly need: number;
  /** Administrators whose approvals count, each once. */
  readonly by: readonly string[];
}

/** What the count is about. */
export interface QuorumQuestion {
  readonly command: Command;
  readonly roster: Roster;
  readonly approvals: readonly VerifiedApproval[];
  /** The proposer's own signature; null when nobody signed as the proposer. */
  readonly proposer: VerifiedApproval | null;
  /** Whether a key that the command creates or rotates may leave the agent. */
  readonly extractable: boolean;
}

/**
 * Step 10: distinct administrators of the right groups, over channels that count for the act, none of them having
 * rejected it. Rejections stop loosening acts only, and no unlock.
 *
 * It does not throw for too few: a command may wait for more.
 *
 * @throws {@link AdmissionError} `E_CANCELLED`; `E_CHANNEL` when approvals are missing only because theirs does not count,
 *   or a proposer's signature that makes another person necessary came over one that does not; `E_SELF` when a proposer's own approval is the one that is missing, or the proposer did not sign
 */
export function countQuorum({ command, roster, approvals, proposer, extractable }: QuorumQuestion): QuorumCount {
  const { m, groups, noSelf } = quorumFor(roster, command.act);
  const rejected = approvals.some(({ approval }) => approval.decision === DECISION.reject);
  if (rejected && isRejectable(command.act)) throw new AdmissionError("E_CANCELLED");
  const counts = ({ credential }: VerifiedApproval) => channelCounts(credential.channel, command.act, extractable);
  const self = proposer?.administrator.adm ?? null;
  if (noSelf && (proposer === null || self !== command.proposer)) {
    throw new AdmissionError("E_SELF", "The command lacks the signature of the person who proposed it.");
  }
  // Under noSelf the proposer is one of the people that it takes.
  if (noSelf && proposer !== null && !counts(proposer)) throw new AdmissionError("E_CHANNEL");
  const said = approvals.filter(({ approval }) => approval.decision === DECISION.approve);
  const able = said.filter(({ administrator }) => isInGroups(administrator, groups));
  const overChannel = able.filter(counts);
  const others = overChannel.filter(({ administrator }) => !noSelf || administrator.adm !== self);
  const by = distinct(others);
  if (by.length < m) {
    if (distinct(overChannel).length >= m) throw new AdmissionError("E_SELF");
    if (distinct(able).length >= m) throw new AdmissionError("E_CHANNEL");
  }
  return { have: by.length, need: m, by };
}

function distinct(approvals: readonly VerifiedApproval[]): string[] {
  return [...new Set(approvals.map(({ administrator }) => administrator.adm))];
}
