import {
  type Approval,
  acceptRosterLink,
  checkRosterLink,
  DECISION,
  decodeBase64url,
  docHash,
  type Envelope,
  encodeBase64url,
  findAgent,
  findRecoveryKey,
  introducedPossession,
  type OpenedEntry,
  onlyTightens,
  outlastsRecovery,
  parseEnvelope,
  type Receipt,
  type Roster,
  type RosterChain,
  rosterLinkDelay,
  type Verified,
  type VerifiedRoster,
  verifyLinkIntroductions,
  verifyReceipt,
  verifyRosterVeto,
} from "@holdfast/protocol";
import { rootAt } from "@holdfast/tlog";
import { ReportError, refuseAs, refuseAsSync } from "../errors.ts";
import { findLinkProof, type LinkProof, verifyLinkProof } from "./link-proof.ts";
import type { ReadLog } from "./verify-log.ts";
import { checkEnvelopeHash } from "./verify-receipt-of.ts";

/** What the log has said of links so far. */
export type LinkHistory = {
  /** When a link's delay began, and what it brings, by its hash. */
  readonly scheduled: Map<string, { readonly since: number; readonly roster: Roster }>;
  /** What is known to have been signed of a link that waits, by its hash: an objection is judged by all of it. */
  readonly signed: Map<string, readonly Approval[]>;
  /** Links that were cancelled, or refused for good. */
  readonly ended: Set<string>;
  /** Places of the chain at which an administrator objected to a recovery. */
  readonly vetoed: Set<number>;
};

/** What surrounds an entry about a link. */
export type LinkPlace = {
  readonly log: ReadLog;
  readonly chain: Verified<RosterChain>;
  /** The roster in force before the entry. */
  readonly roster: VerifiedRoster;
  readonly history: LinkHistory;
  /** Whether the domain has had a key. */
  readonly hasKeys: boolean;
  readonly clockAlarm: boolean;
};

/** How long after its entry a receipt may be dated, and how far a clock may be off, in seconds. */
const RECEIPT_SECONDS = 120;
const AHEAD_SECONDS = 600;

const RESULTS: Readonly<Record<string, string>> = {
  roster: "applied",
  "roster.scheduled": "scheduled",
  "roster.signed": "scheduled",
  "roster.cancelled": "cancelled",
  "roster.refused": "refused",
};

/**
 * Verifies an entry about a change of administrators and rules: its receipt, its approvals under the administrators of its
 * time, what newcomers introduced, the delay that it had to wait, and who said no.
 *
 * @throws {@link ReportError} `V_ROSTER`, `V_RECEIPT`, `V_APPROVAL`
 */
export async function verifyLinkEntry(entry: OpenedEntry, place: LinkPlace): Promise<void> {
  const { kind, subject, n } = entry.leaf;
  const { history } = place;
  const learnt = findLinkProof(entry.leaf);
  if (learnt === null && history.ended.has(subject)) throw unfit(n, "is of a change that had ended");
  const envelope = await readEvidence(entry, place);
  switch (kind) {
    case "roster.scheduled":
      if (history.scheduled.has(subject)) throw unfit(n, "begins a delay a second time");
      if (envelope === null) throw unfit(n, "lacks its approvals");
      checkTakesPlace(entry, envelope, place);
      history.scheduled.set(subject, { since: entry.leaf.ts, roster: await verifyAccepted(entry, envelope, place) });
      history.signed.set(subject, envelope.approvals);
      return;
    case "roster.signed":
      if (envelope === null) throw unfit(n, "lacks its signatures");
      await verifyFurtherSignature(entry, envelope, place);
      history.signed.set(subject, envelope.approvals);
      return;
    case "roster":
      if (learnt === null) checkDelay(entry, place);
      else await checkLearnt(entry, learnt, place);
      history.scheduled.delete(subject);
      history.ended.delete(subject);
      return;
    case "roster.cancelled":
      if (envelope === null) throw unfit(n, "lacks the objection");
      await verifyObjection(entry, envelope, place);
      break;
  }
  history.ended.add(subject);
  history.scheduled.delete(subject);
}

/** Receipt and envelope, where they are there: those of links that were in force before this form had none. */
async function readEvidence(entry: OpenedEntry, place: LinkPlace): Promise<Envelope | null> {
  const { receipt: signed, envelope: bytes, leaf } = entry;
  if (signed === null) {
    if (bytes !== null) throw unfit(leaf.n, "carries approvals without a receipt");
    return null;
  }
  const agent = findAgent(place.chain, leaf.aid);
  if (agent === null) throw refused("V_RECEIPT", leaf.n, "its agent is not of this environment");
  const receipt = await refuseAs(
    { code: "V_RECEIPT", what: `Entry ${leaf.n}: the receipt does not hold`, detail: { entry: leaf.n } },
    () => verifyReceipt(signed, agent.aik),
  );
  checkReceipt(receipt, entry, place);
  if (bytes === null) return null;
  checkEnvelopeHash(receipt, bytes, leaf.n);
  const envelope = refuseAsSync(
    { code: "V_APPROVAL", what: `Entry ${leaf.n}: the envelope`, detail: { entry: leaf.n } },
    () => parseEnvelope(bytes),
  );
  if (docHash("roster", decodeBase64url(envelope.doc)) !== leaf.subject)
    throw refused("V_APPROVAL", leaf.n, "the approvals are of another change");
  return envelope;
}

function checkReceipt(receipt: Receipt, { leaf }: OpenedEntry, { log, chain, roster }: LinkPlace): void {
  const { n, ts, subject, kind, aid } = leaf;
  const fits =
    receipt.tid === chain.tid &&
    receipt.aid === aid &&
    receipt.cmd === subject &&
    receipt.leaf === n &&
    receipt.count === 1 &&
    receipt.pre === undefined &&
    receipt.post === undefined &&
    receipt.result === RESULTS[kind] &&
    receipt.code === leaf.code;
  if (!fits) throw refused("V_RECEIPT", n, "the receipt is of something else");
  const isThere =
    receipt.size > n &&
    receipt.size <= log.tree.size &&
    encodeBase64url(rootAt(receipt.size, log.tree.getNode)) === receipt.root;
  if (!isThere) throw refused("V_RECEIPT", n, "the receipt is of another tree");
  if (receipt.roster.seq !== roster.roster.seq || receipt.roster.hash !== roster.hash)
    throw refused("V_RECEIPT", n, "the receipt names other administrators than those of its time");
  if (receipt.ts < ts || receipt.ts > ts + RECEIPT_SECONDS)
    throw refused("V_RECEIPT", n, "the receipt is of another time");
}

/** A link whose delay began was approved by both quorums then, whether it was ever in force or not. */
async function verifyAccepted(
  entry: OpenedEntry,
  envelope: Envelope,
  { roster, clockAlarm }: LinkPlace,
  acceptedAt = entry.leaf.ts,
): Promise<Roster> {
  const { n } = entry.leaf;
  const ts = acceptedAt;
  const { doc, approvals, intros = [] } = envelope;
  return refuseAs({ code: "V_ROSTER", what: `Entry ${n}: the change`, detail: { entry: n } }, async () => {
    const next = checkRosterLink(roster, { doc });
    const introduced = verifyLinkIntroductions(roster.roster, next, intros, ts);
    const possession = introducedPossession(introduced.values(), roster.roster, next.roster);
    await acceptRosterLink(roster, { doc, approvals: approvals.filter(isYes), possession }, clockAlarm ? null : ts);
    return next.roster;
  });
}

/** A recovery ends no change of the replacement keys that waits, unless enough of those that stay signed it. */
function checkTakesPlace({ leaf }: OpenedEntry, envelope: Envelope, { roster, history }: LinkPlace): void {
  const { n } = leaf;
  const next = refuseAsSync({ code: "V_ROSTER", what: `Entry ${n}: the change`, detail: { entry: n } }, () =>
    checkRosterLink(roster, envelope),
  );
  if (next.roster.recover !== true) return;
  const signed = envelope.approvals.filter(isYes);
  const waiting = [...history.scheduled.values()];
  if (waiting.some((each) => outlastsRecovery(roster.roster, each.roster, signed)))
    throw unfit(n, "begins a recovery beside a change that takes away the replacement keys that signed it");
}

/** Further recovery keys signed a recovery while its delay ran: all of the signatures hold, and are of more keys than before. */
async function verifyFurtherSignature(entry: OpenedEntry, envelope: Envelope, place: LinkPlace): Promise<void> {
  const { n, subject } = entry.leaf;
  const { roster, history } = place;
  const began = history.scheduled.get(subject)?.since;
  if (began === undefined || !checkRecovers(envelope, roster)) throw unfit(n, "signs what does not wait as a recovery");
  const keysOf = (approvals: readonly Approval[]) =>
    new Set(approvals.map((approval) => findRecoveryKey(roster.roster, approval)).filter((key) => key !== null)).size;
  if (keysOf(envelope.approvals) <= keysOf(history.signed.get(subject) ?? []))
    throw refused("V_APPROVAL", n, "no further replacement key signed");
  await verifyAccepted(entry, envelope, place, began);
}

/** That it was approved is the chain's own proof; here, that it had waited. */
function checkDelay({ leaf }: OpenedEntry, { chain, roster, history, hasKeys, clockAlarm }: LinkPlace): void {
  const { n, ts, subject } = leaf;
  const next = chain.rosters[roster.roster.seq + 1];
  if (next === undefined || next.hash !== subject) throw unfit(n, "puts another change in force than the chain has");
  const { delaySec } = rosterLinkDelay(roster.roster, next.roster, hasKeys);
  if (delaySec === 0) return;
  const since = history.scheduled.get(subject)?.since;
  if (since === undefined) throw unfit(n, "puts a change in force without its delay");
  // Delays count the agent's running time, which a clock that was set cannot shorten but also cannot show.
  if (!clockAlarm && ts + AHEAD_SECONDS < since + delaySec) throw unfit(n, "cuts a change's delay short");
}

/** It waited and was accepted in the log that was lost; an objection that came after the restore says nothing against it. */
async function checkLearnt({ leaf }: OpenedEntry, learnt: LinkProof, { chain, roster }: LinkPlace): Promise<void> {
  const { n, subject } = leaf;
  const next = chain.rosters[roster.roster.seq + 1];
  if (next === undefined || next.hash !== subject) throw unfit(n, "puts another change in force than the chain has");
  const { seq } = next.roster;
  if (leaf.data?.["seq"] !== seq) throw unfit(n, "names another place of the chain");
  await verifyLinkProof(learnt, { tid: chain.tid, hash: subject, seq, before: roster.roster });
}

async function verifyObjection(entry: OpenedEntry, envelope: Envelope, place: LinkPlace): Promise<void> {
  const { n } = entry.leaf;
  const { doc, approvals } = envelope;
  const { roster, history } = place;
  const { seq } = roster.roster;
  const said = approvals.find(({ decision }) => decision === DECISION.reject);
  if (said === undefined) throw refused("V_APPROVAL", n, "nobody said no");
  const known = history.signed.get(entry.leaf.subject) ?? [];
  const link = { doc, approvals: [...known, ...approvals].filter(isYes) };
  if (!history.scheduled.has(entry.leaf.subject)) checkRejectable(entry, link, roster);
  const by = await refuseAs({ code: "V_APPROVAL", what: `Entry ${n}: the objection`, detail: { entry: n } }, () =>
    verifyRosterVeto(roster, link, said, history.vetoed.has(seq + 1)),
  );
  if (by.kind === "administrator" && checkRecovers(link, roster)) history.vetoed.add(seq + 1);
}

/** Before its delay runs nobody ends a recovery, and what only takes away is ended by nobody at all. */
function checkRejectable({ leaf }: OpenedEntry, link: Pick<Envelope, "doc">, roster: VerifiedRoster): void {
  const { n } = leaf;
  const next = refuseAsSync({ code: "V_ROSTER", what: `Entry ${n}: the change`, detail: { entry: n } }, () =>
    checkRosterLink(roster, link),
  );
  if (next.roster.recover === true || onlyTightens(roster.roster, next.roster))
    throw refused("V_APPROVAL", n, "no single person's no ends such a change");
}

function checkRecovers(link: Pick<Envelope, "doc">, roster: VerifiedRoster): boolean {
  return checkRosterLink(roster, link).roster.recover === true;
}

function isYes({ decision }: Approval): boolean {
  return decision === DECISION.approve;
}

function unfit(entry: number, problem: string): ReportError {
  return new ReportError("V_ROSTER", `Entry ${entry} ${problem}.`, { entry });
}

function refused(code: "V_RECEIPT" | "V_APPROVAL", entry: number, problem: string): ReportError {
  return new ReportError(code, `Entry ${entry}: ${problem}.`, { entry });
}
