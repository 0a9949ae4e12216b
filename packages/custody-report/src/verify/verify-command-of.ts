import {
  type Command,
  commandHash,
  decodeBase64url,
  type Envelope,
  type Introduction,
  isTightening,
  type OpenedEntry,
  parseCommand,
  parseEnvelope,
  type Receipt,
  type RosterChain,
  type Verified,
  type VerifiedRoster,
  verifyIntroductions,
} from "@holdfast/protocol";
import { ReportError, refuseAsSync } from "../errors.ts";
import { type Decided, demandQuorum, findDecisions, verifyDecisions } from "./verify-approvals.ts";
import { checkEnvelopeHash } from "./verify-receipt-of.ts";

/** A command as it stands in the log: what was signed, and whose approvals were verified again. */
export type ProvenCommand = {
  readonly hash: string;
  readonly command: Command;
  /** What newcomers gave to the agent, as the command names it; nothing of a command that was not carried out. */
  readonly intros: ReadonlyMap<string, Introduction>;
  /** Those whose decisions make the quorum; of a command that was not carried out, all whose decisions hold. */
  readonly by: readonly Decided[];
};

/** What surrounds a command: who could decide then, and whether it had been scheduled before. */
export type CommandPlace = {
  readonly entry: OpenedEntry;
  readonly receipt: Receipt;
  readonly chain: Verified<RosterChain>;
  readonly roster: VerifiedRoster;
  /** When it was scheduled; null if it was not. */
  readonly scheduledAt: number | null;
  /** Whether material of the key concerned may leave the agent. */
  readonly extractable: (command: Command) => boolean;
  /** Whether the agent has said that its clock had stepped. */
  readonly clockAlarm: boolean;
};

/** How far ahead of the agent's clock a command may be dated. */
const AHEAD_SECONDS = 600;

/**
 * Verifies the command behind an entry again, as admission had to: bytes, domain, time, roster, approvals, quorum.
 *
 * @throws {@link ReportError} `V_RECEIPT` when the receipt names another envelope, `V_APPROVAL` for all else
 */
export async function verifyCommandOf(envelopeBytes: Uint8Array, place: CommandPlace): Promise<ProvenCommand> {
  const { leaf } = place.entry;
  checkEnvelopeHash(place.receipt, envelopeBytes, leaf.n);
  const { envelope, command, hash } = readCommand(envelopeBytes, place);
  const given = { envelope, hash, roster: place.roster, entry: leaf.n };
  if (place.receipt.result !== "applied" && place.receipt.result !== "scheduled") {
    // Nothing was done: an approval that is void by now is no defect of the record.
    return { hash, command, intros: new Map(), by: await findDecisions(given) };
  }
  const decided = await verifyDecisions(given);
  checkTimes(command, place);
  checkRosterOf(command, place);
  const input = { envelope, command, hash, roster: place.roster, entry: leaf.n };
  const by = await demandQuorum(input, decided, place.extractable(command));
  checkActor(place.entry, by);
  return { hash, command, intros: checkIntroductions(command, envelope, place), by };
}

function readCommand(
  bytes: Uint8Array,
  { entry, chain }: CommandPlace,
): { envelope: Envelope; command: Command; hash: string } {
  const { leaf } = entry;
  const at = { entry: leaf.n };
  const envelope = refuseAsSync({ code: "V_APPROVAL", what: `Entry ${leaf.n}: the envelope`, detail: at }, () =>
    parseEnvelope(bytes),
  );
  const doc = decodeBase64url(envelope.doc);
  const command = refuseAsSync({ code: "V_APPROVAL", what: `Entry ${leaf.n}: the command`, detail: at }, () =>
    parseCommand(doc),
  );
  const hash = commandHash(doc);
  if (leaf.cause.kind !== "command" || hash !== leaf.cause.hash)
    throw refused(leaf.n, "the approvals are of another command");
  if (command.tid !== chain.tid) throw refused(leaf.n, "the command is of another environment");
  if (!leaf.kind.startsWith("command.") && leaf.kind !== command.act) {
    throw refused(leaf.n, "the command is of another act");
  }
  return { envelope, command, hash };
}

function checkTimes(command: Command, { entry, roster, scheduledAt, clockAlarm }: CommandPlace): void {
  const { n, ts } = entry.leaf;
  const acceptedAt = scheduledAt ?? ts;
  if (!(isTightening(command.act) && clockAlarm)) {
    if (acceptedAt > command.exp) throw refused(n, "the command had expired");
    if (command.issued > acceptedAt + AHEAD_SECONDS) throw refused(n, "the command is dated ahead of its entry");
  }
  if (!isTightening(command.act) && acceptedAt > roster.roster.notAfter)
    throw refused(n, "the list of administrators had expired");
  const rule = roster.roster.policy.find(({ act }) => act === command.act);
  const delaySec = (rule ?? roster.roster.policy.find(({ act }) => act === "*"))?.delaySec ?? 0;
  if (entry.leaf.kind === "command.scheduled" || delaySec === 0) return;
  if (scheduledAt === null) throw refused(n, "the command was carried out without its delay");
  // Delays count the agent's running time, which a clock that was set cannot shorten but also cannot show.
  if (!clockAlarm && ts + AHEAD_SECONDS < scheduledAt + delaySec) throw refused(n, "the command's delay was cut short");
}

function checkRosterOf(command: Command, { entry, chain, roster, scheduledAt }: CommandPlace): void {
  const { n } = entry.leaf;
  const named = chain.rosters.find(({ hash }) => hash === command.roster.hash);
  const known = named !== undefined && named.roster.seq === command.roster.seq;
  const current = scheduledAt === null ? named === roster : (named?.roster.seq ?? 0) <= roster.roster.seq;
  if (!known || !current) throw refused(n, "the command names other administrators than those of its time");
}

/** The newcomers' keys that the command names stand beside it, as they were given. */
function checkIntroductions(command: Command, { intros = [] }: Envelope, { entry, scheduledAt }: CommandPlace) {
  const { n, ts } = entry.leaf;
  return refuseAsSync({ code: "V_APPROVAL", what: `Entry ${n}: its introductions`, detail: { entry: n } }, () =>
    verifyIntroductions(command, intros, scheduledAt ?? ts),
  );
}

function checkActor({ leaf }: OpenedEntry, by: readonly Decided[]): void {
  const { actor } = leaf;
  const local = by.every(({ channel }) => channel === "local");
  const fits =
    actor.kind === "local"
      ? local
      : actor.kind === "admins" && !local && actor.ids.every((id) => by.some(({ adm }) => adm === id));
  if (!fits) throw refused(leaf.n, "the entry names other people than those who approved");
}

function refused(entry: number, problem: string): ReportError {
  return new ReportError("V_APPROVAL", `Entry ${entry}: ${problem}.`, { entry });
}
