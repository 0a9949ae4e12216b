import {
  type Approval,
  type Channel,
  type Command,
  channelCounts,
  DECISION,
  type Envelope,
  findCredential,
  isInGroups,
  isRejectable,
  type Quorum,
  quorumFor,
  type VerifiedRoster,
  verifyApproval,
} from "@holdfast/protocol";
import { ReportError, refuseAs } from "../errors.ts";

/** An administrator whose decision was verified again. */
export type Decided = {
  readonly adm: string;
  readonly label: string;
  readonly decision: number;
  readonly channel: Channel;
};

type Input = {
  readonly envelope: Envelope;
  readonly command: Command;
  readonly hash: string;
  readonly roster: VerifiedRoster;
  readonly entry: number;
};

/**
 * Verifies every approval of an envelope with our strict check, under the roster in force.
 *
 * @throws {@link ReportError} `V_APPROVAL`
 */
export async function verifyDecisions({ envelope, hash, roster, entry }: Omit<Input, "command">): Promise<Decided[]> {
  const decided: Decided[] = [];
  for (const approval of envelope.approvals) decided.push(await verifyOne(approval, { hash, roster, entry }));
  return decided;
}

/** The decisions of an envelope that hold under the roster in force; others are left out. */
export async function findDecisions({ envelope, ...place }: Omit<Input, "command">): Promise<Decided[]> {
  const decided: Decided[] = [];
  for (const approval of envelope.approvals) {
    const one = await verifyOne(approval, place).catch((error: unknown) => {
      if (error instanceof ReportError) return null;
      throw error;
    });
    if (one !== null) decided.push(one);
  }
  return decided;
}

async function verifyOne(
  approval: Approval,
  { hash, roster, entry }: Pick<Input, "hash" | "roster" | "entry">,
): Promise<Decided> {
  const found = findCredential(roster.roster, approval.credId);
  if (found === null) throw refused(entry, "an approval is by nobody of the administrators of its time");
  if (!approval.list.includes(hash)) throw refused(entry, "an approval is of other commands");
  await refuseAs({ code: "V_APPROVAL", what: `Entry ${entry}: an approval does not hold`, detail: { entry } }, () =>
    verifyApproval(approval, found.credential),
  );
  const { adm, label } = found.administrator;
  return { adm, label, decision: approval.decision, channel: found.credential.channel };
}

/**
 * Counts the decisions as admission must have: distinct people, groups, channels, not one's own proposal, no rejection
 * of a loosening act.
 *
 * @returns Those whose approvals count.
 * @throws {@link ReportError} `V_APPROVAL`
 */
export async function demandQuorum(
  input: Input,
  decided: readonly Decided[],
  extractable: boolean,
): Promise<readonly Decided[]> {
  const { command, roster, entry } = input;
  const quorum = quorumFor(roster.roster, command.act);
  if (isRejectable(command.act) && decided.some(({ decision }) => decision === DECISION.reject)) {
    throw refused(entry, "an administrator had rejected it");
  }
  if (command.exp - command.issued > quorum.maxTtlSec) throw refused(entry, "the command was valid for too long");
  const excluded = quorum.noSelf ? await verifyProposer(input, extractable) : null;
  const counting = distinct(
    decided.filter(
      ({ adm, decision, channel }) =>
        decision === DECISION.approve &&
        adm !== excluded &&
        counts(roster, adm, quorum) &&
        channelCounts(channel, command.act, extractable) &&
        (channel !== "local" || quorum.m === 1),
    ),
  );
  if (counting.length < quorum.m) {
    throw refused(entry, `${counting.length} of ${quorum.m} approvals that it needed count`);
  }
  return counting;
}

function counts({ roster }: VerifiedRoster, adm: string, { groups }: Quorum): boolean {
  const administrator = roster.admins.find((one) => one.adm === adm);
  return administrator !== undefined && isInGroups(administrator, groups);
}

async function verifyProposer(
  { envelope, command, hash, roster, entry }: Input,
  extractable: boolean,
): Promise<string> {
  const { proposal } = envelope;
  if (proposal?.decision !== DECISION.propose) throw refused(entry, "it lacks the proposer's own signature");
  const { adm, channel } = await verifyOne(proposal, { hash, roster, entry });
  if (adm !== command.proposer) throw refused(entry, "another person proposed it than it says");
  if (!channelCounts(channel, command.act, extractable))
    throw refused(entry, "its proposer signed over a channel that does not count for it");
  return adm;
}

function distinct(decided: readonly Decided[]): Decided[] {
  return [...new Map(decided.map((each) => [each.adm, each])).values()];
}

function refused(entry: number, problem: string): ReportError {
  return new ReportError("V_APPROVAL", `Entry ${entry}: ${problem}.`, { entry });
}
