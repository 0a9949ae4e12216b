import { performCommand } from "./model-acts.ts";
import { alarmOf, runningOf, timeOf } from "./model-clock.ts";
import { isIntroduced } from "./model-imports.ts";
import { append, type Ids, ModelRefusal } from "./model-log.ts";
import { runSchedules } from "./model-schedules.ts";
import {
  type ModelAnswer,
  type ModelApproval,
  type ModelCommand,
  type ModelEnvelope,
  type ModelKey,
  type ModelState,
  ruleOf,
  tightens,
} from "./model-state.ts";
import { type Judged, refuse, verify, withApproval, write } from "./model-transaction.ts";

/** Ids that follow from a command: the model mints none itself. */
export type IdsOf = (command: ModelCommand) => Ids;

type Verdict =
  | { readonly kind: "decided"; readonly answer: ModelAnswer }
  | { readonly kind: "waiting" }
  | { readonly kind: "admitted"; readonly delaySec: number };

/** Delivers an envelope, by mailbox or file. */
export function deliver(state: ModelState, envelope: ModelEnvelope, idsOf: IdsOf): ModelAnswer {
  const { command, approvals } = envelope;
  if (isNone(command)) return refuse(state, command.hash, { code: "E_ARGS", stood: false });
  const no = approvals.filter(({ decision }) => decision === 2).length;
  const isOnlyNo = no === approvals.length && command.act === "domain.unlock";
  if (no > 0 && (isOnlyNo || isRejectable(command.act))) return rejectBy(state, envelope);
  const before = state.pending.get(command.hash);
  const known = before !== undefined && before.approvals.length > 0 ? before : null;
  const merged = known === null ? envelope : { ...known, approvals: approvals.reduce(withApproval, known.approvals) };
  return look(state, merged, idsOf);
}

/** One person's no ends what loosens, but no unlock: one person locks. */
function isRejectable(act: string): boolean {
  return !tightens(act) && act !== "domain.unlock";
}

/** A permit is proposed for 30 days at most. */
function isNone({ act, args, issued }: ModelCommand): boolean {
  return act === "client.permit" && args.until > issued + 30 * 86_400;
}

/** One touch at the agent's page. */
export function touch(
  state: ModelState,
  { approval, idsOf }: { readonly approval: ModelApproval; readonly idsOf: IdsOf },
): readonly ModelAnswer[] {
  const wrong = verify(state, approval);
  if (wrong !== null) {
    state.counted.push(wrong);
    return [{ outcome: "thrown", code: wrong }];
  }
  return approval.list.map((hash) => touchOne(state, hash, { approval, idsOf }));
}

function touchOne(
  state: ModelState,
  hash: string,
  { approval, idsOf }: { readonly approval: ModelApproval; readonly idsOf: IdsOf },
): ModelAnswer {
  const waits = state.pending.get(hash) ?? null;
  const scheduled = state.scheduled.get(hash) ?? null;
  if (approval.decision === 2 && (waits ?? scheduled) !== null) {
    const envelope = waits ?? (scheduled as { envelope: ModelEnvelope }).envelope;
    if (!isRejectable(envelope.command.act)) return refuse(state, hash, { code: "E_ARGS", stood: false });
    return cancel(state, envelope, [approval]);
  }
  if (waits !== null) return look(state, { ...waits, approvals: withApproval(waits.approvals, approval) }, idsOf);
  const receipt = state.decided.get(hash);
  if (receipt === undefined) return refuse(state, hash, { code: "E_PRESTATE", stood: false });
  state.counted.push("E_REPLAY");
  return answerOf(receipt);
}

/**
 * The agent looks at what is due: schedules of keys, then delays, then what nobody approved in time.
 *
 * @param order - In which order it takes keys' schedules: nothing says which.
 */
export function lookAtDue(state: ModelState, idsOf: IdsOf, order: readonly string[]): void {
  runSchedules(state, order);
  const now = runningOf(state.clock);
  const waits = [...state.scheduled].sort(([one], [other]) => (one < other ? -1 : 1));
  for (const [hash, { due }] of waits) if (due <= now) runScheduled(state, hash, idsOf);
  for (const [hash, envelope] of [...state.pending]) expire(state, hash, envelope);
}

/** The host locks the domain. */
export function lockByHost(state: ModelState): void {
  write(state, () => {
    state.locked = true;
    return append(state, "domain.lock", state.tid);
  });
}

function look(state: ModelState, envelope: ModelEnvelope, idsOf: IdsOf): ModelAnswer {
  const { command } = envelope;
  const { hash } = command;
  const verdict = admit(state, envelope, false);
  if ("code" in verdict) return refuse(state, hash, verdict);
  if (verdict.kind === "decided") return verdict.answer;
  if (verdict.kind === "waiting") {
    state.pending.set(hash, envelope);
    if (envelope.approvals.length > 0) state.counted.push("E_QUORUM");
    return { outcome: "pending", ...(envelope.approvals.length > 0 ? { code: "E_QUORUM" } : {}) };
  }
  try {
    if (verdict.delaySec > 0) return schedule(state, envelope, verdict.delaySec);
    return conclude(state, hash, { outcome: "applied" }, () => performCommand(state, command, idsOf(command)));
  } catch (error) {
    if (!(error instanceof ModelRefusal)) throw error;
    return refuse(state, hash, { code: error.code, stood: true });
  }
}

/** The ordered checks. */
function admit(state: ModelState, { command, approvals, proposal }: ModelEnvelope, due: boolean): Verdict | Judged {
  const early = (code: string): Judged => ({ code, stood: false });
  const late = (code: string): Judged => ({ code, stood: approvals.length > 0 });
  if (command.tid !== state.tid) return early("E_TENANT");
  const receipt = state.decided.get(command.hash);
  if (receipt && (receipt.final || !due)) return { kind: "decided", answer: answerOf(receipt) };
  const rule = ruleOf(state, command.act);
  const untimely = due ? null : checkTime(state, command, rule.maxTtlSec);
  if (untimely !== null) return early(untimely);
  const untaken = checkDomain(state, command, due);
  if (untaken !== null) return early(untaken);
  if (!isIntroduced(state, command)) return early("E_INTRO");
  for (const approval of approvals) {
    const wrong = approval.list.includes(command.hash) ? verify(state, approval) : "E_SCHEMA";
    if (wrong !== null) return early(wrong);
  }
  const proposer = proposal === null ? null : (state.credentials.get(proposal.credId)?.adm ?? null);
  const counted = count(state, { command, approvals, proposer });
  if (typeof counted === "string") return late(counted);
  if (counted < rule.m) return { kind: "waiting" };
  const changed = checkTarget(state, command);
  return changed === null ? { kind: "admitted", delaySec: rule.delaySec } : late(changed);
}

function checkTime({ clock }: ModelState, { act, issued, exp }: ModelCommand, maxTtlSec: number): string | null {
  if (alarmOf(clock) !== null) return tightens(act) ? null : "E_CLOCK";
  if (exp - issued > maxTtlSec) return "E_LIMIT";
  const now = timeOf(clock);
  return now > exp || issued > now + 600 ? "E_EXPIRED" : null;
}

function checkDomain(state: ModelState, { act, roster }: ModelCommand, due: boolean): string | null {
  const isKnown = due ? state.rosters.some(({ hash }) => hash === roster) : roster === state.roster.hash;
  if (!isKnown) return "E_ROSTER_STALE";
  if (state.rolledBack && act !== "log.acceptLoss") return "E_RECOVERING";
  if (tightens(act)) return null;
  if (timeOf(state.clock) > state.roster.notAfter) return "E_ROSTER_EXPIRED";
  if (["domain.unlock", "restore.accept", "log.acceptLoss"].includes(act)) return null;
  if (state.recovering) return "E_RECOVERING";
  return state.locked ? "E_LOCKED" : null;
}

interface Question {
  readonly command: ModelCommand;
  readonly approvals: readonly ModelApproval[];
  readonly proposer: string | null;
}

/** How many people's approvals count; a code where it is not only too few. */
function count(state: ModelState, { command, approvals, proposer }: Question): number | string {
  const { m, groups, noSelf = false } = ruleOf(state, command.act);
  if (approvals.some(({ decision }) => decision === 2) && isRejectable(command.act)) return "E_CANCELLED";
  if (noSelf && (proposer === null || proposer !== command.proposer)) return "E_SELF";
  const said = approvals.filter(({ decision }) => decision === 1);
  const credentials = said.flatMap(({ credId }) => state.credentials.get(credId) ?? []);
  const able = credentials.filter(
    (each) => groups === undefined || groups.some((group) => each.groups.includes(group)),
  );
  const heard = able.filter(({ hosted }) => !hosted || countsHosted(state, command));
  const people = (list: typeof able) => new Set(list.map(({ adm }) => adm)).size;
  const others = heard.filter(({ adm }) => !noSelf || adm !== proposer);
  if (people(others) >= m) return people(others);
  if (people(heard) >= m) return "E_SELF";
  return people(able) >= m ? "E_CHANNEL" : people(others);
}

/** Whether a hosted page's approvals count: for what tightens harmlessly, and for keys that never leave. */
function countsHosted(state: ModelState, { act, args, target }: ModelCommand): boolean {
  if (["key.suspend", "schedule.clear", "domain.lock"].includes(act)) return true;
  const groups = new Set(["default", ...[...state.keys.values()].map(({ group }) => group)]);
  if (act === "key.create") return args.items.every((item: ModelKey) => !item.extractable && groups.has(item.group));
  return act === "key.rotate" && !(state.keys.get(target?.id ?? "")?.extractable ?? false);
}

/** The target is as those who approve saw it. */
function checkTarget(state: ModelState, { act, target, expect, issued, hash }: ModelCommand): string | null {
  if (target === null) return null;
  const found = target.kind === "key" ? state.keys.get(target.id) : state.clients.get(target.id);
  if (found === undefined || found.label !== target.label) return "E_PRESTATE";
  if (target.kind === "key" && !isAsSeen(found as ModelKey, { act, target, expect, hash })) return "E_PRESTATE";
  if (target.kind === "client" && !tightens(act) && found.head !== expect?.head) return "E_PRESTATE";
  if (!tightens(act) || alarmOf(state.clock) !== null) return null;
  return (state.loosenedAt.get(target.id) ?? 0) > issued ? "E_PRESTATE" : null;
}

function isAsSeen(
  key: ModelKey,
  { act, target, expect, hash }: Pick<ModelCommand, "act" | "target" | "expect" | "hash">,
): boolean {
  if (key.group !== target?.group) return false;
  if (tightens(act)) return true;
  if (key.scheduled !== null && key.scheduled !== hash) return false;
  return key.head === expect?.head && key.state === expect.state && key.versions.length === expect.version;
}

function schedule(state: ModelState, envelope: ModelEnvelope, delaySec: number): ModelAnswer {
  const { command } = envelope;
  const key = command.target?.kind === "key" ? state.keys.get(command.target.id) : undefined;
  if (key === undefined) throw new ModelRefusal("E_UNSUPPORTED");
  performCommand(structuredClone(state), command, { keys: [], client: "", schedule: "" });
  const due = runningOf(state.clock) + delaySec;
  return conclude(state, command.hash, { outcome: "scheduled" }, () => {
    key.scheduled = command.hash;
    key.dates.destroyDue = timeOf(state.clock) + delaySec;
    state.scheduled.set(command.hash, { keyId: key.id, due, envelope });
    return append(state, "command.scheduled", key.id);
  });
}

function runScheduled(state: ModelState, hash: string, idsOf: IdsOf): void {
  const waits = state.scheduled.get(hash);
  if (waits === undefined) return;
  const { command } = waits.envelope;
  const verdict = admit(state, waits.envelope, true);
  try {
    if ("code" in verdict) throw new ModelRefusal(verdict.code);
    if (verdict.kind !== "admitted") throw new ModelRefusal("E_QUORUM");
    conclude(state, hash, { outcome: "applied" }, () => performCommand(state, command, idsOf(command)));
  } catch (error) {
    if (!(error instanceof ModelRefusal)) throw error;
    if (error.code !== "E_RECOVERING") end(state, waits.envelope, { outcome: "refused", code: error.code });
  }
}

function expire(state: ModelState, hash: string, envelope: ModelEnvelope): void {
  const { command, approvals } = envelope;
  const isOver = alarmOf(state.clock) === null && timeOf(state.clock) > command.exp;
  const isStale = command.roster !== state.roster.hash;
  if (!isOver && !isStale) return;
  if (approvals.length === 0) state.pending.delete(hash);
  else if (!state.recovering && !state.rolledBack)
    end(state, envelope, { outcome: "expired", ...(isStale ? { code: "E_ROSTER_STALE" } : {}) });
}

/** Rejections that came with an envelope. */
function rejectBy(state: ModelState, envelope: ModelEnvelope): ModelAnswer {
  const { command } = envelope;
  const early = (code: string) => refuse(state, command.hash, { code, stood: false });
  if (command.tid !== state.tid) return early("E_TENANT");
  const receipt = state.decided.get(command.hash);
  if (receipt?.final) return answerOf(receipt);
  const rejections = envelope.approvals.filter(({ decision }) => decision === 2);
  for (const approval of rejections) {
    const wrong = approval.list.includes(command.hash) ? verify(state, approval) : "E_SCHEMA";
    if (wrong !== null) return early(wrong);
  }
  const waits = state.scheduled.get(command.hash)?.envelope ?? state.pending.get(command.hash);
  if (waits === undefined) return early("E_PRESTATE");
  if (!isRejectable(command.act)) return early("E_ARGS");
  return cancel(state, waits, rejections);
}

function cancel(state: ModelState, envelope: ModelEnvelope, rejections: readonly ModelApproval[]): ModelAnswer {
  const { act, hash } = envelope.command;
  if (state.rolledBack && act === "log.acceptLoss") return cancelUnwritten(state, hash);
  if (state.rolledBack) return refuse(state, hash, { code: "E_RECOVERING", stood: false });
  const all = { ...envelope, approvals: rejections.reduce(withApproval, envelope.approvals) };
  return end(state, all, { outcome: "cancelled", code: "E_CANCELLED" });
}

function cancelUnwritten(state: ModelState, hash: string): ModelAnswer {
  state.rejected.add(hash);
  state.pending.delete(hash);
  state.counted.push("E_CANCELLED");
  return { outcome: "cancelled", code: "E_CANCELLED" };
}

/** A command ends without being done. */
function end(state: ModelState, { command }: ModelEnvelope, answer: ModelAnswer): ModelAnswer {
  const waits = state.scheduled.get(command.hash);
  const key = waits === undefined ? undefined : state.keys.get(waits.keyId);
  return conclude(state, command.hash, answer, () => {
    if (key !== undefined) {
      key.scheduled = null;
      delete key.dates.destroyDue;
    }
    return append(state, `command.${answer.outcome}`, key?.id ?? command.hash);
  });
}

/** One transaction with a receipt; what waited for it waits no longer. */
function conclude(state: ModelState, hash: string, answer: ModelAnswer, work: () => number): ModelAnswer {
  const leaf = write(state, work);
  state.decided.set(hash, { ...answer, leaf, final: answer.outcome !== "scheduled" });
  state.pending.delete(hash);
  if (answer.outcome !== "scheduled") state.scheduled.delete(hash);
  return answer;
}

function answerOf({ outcome, code }: ModelAnswer): ModelAnswer {
  return { outcome, ...(code === undefined ? {} : { code }) };
}
