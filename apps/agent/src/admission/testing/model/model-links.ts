import type { Roster } from "@holdfast/protocol";
import { recoveryIds } from "./desk-links.ts";
import { alarmOf, runningOf, timeOf } from "./model-clock.ts";
import { append } from "./model-log.ts";
import type { ModelAnswer, ModelApproval, ModelLink, ModelState } from "./model-state.ts";
import { type Judged, refuse, verify, withApproval, write } from "./model-transaction.ts";

/** Delivers a link of the roster with some decisions. */
export function deliverLink(state: ModelState, link: ModelLink, given: readonly ModelApproval[]): ModelAnswer {
  const objection = given.find(({ decision }) => decision === 2);
  const approvals = given.filter(({ decision }) => decision !== 2);
  // Beside approvals of what only takes away a no says nothing.
  const isMoot = link.kind === "remove" && link.prev === state.roster.hash && approvals.length > 0;
  if (objection !== undefined && !isMoot) return object(state, link, objection);
  const known = state.links.get(link.hash);
  return judge(state, link, known === undefined ? approvals : approvals.reduce(withApproval, known.approvals));
}

/** Links whose delay is over are in force; those that nobody approved in time are forgotten. */
export function lookAtLinks(state: ModelState): void {
  const now = runningOf(state.clock);
  for (const { link, approvals, wait } of [...state.links.values()]) {
    if (wait === null || wait.due > now) continue;
    const found = check(state, link, { approvals, acceptedAt: wait.acceptedAt });
    if (typeof found === "number") apply(state, link);
    else if (found.code !== "E_RECOVERING") end(state, link, { outcome: "refused", code: found.code });
  }
  for (const [hash, { link, wait }] of [...state.links]) {
    const isOver = wait === null && alarmOf(state.clock) === null && timeOf(state.clock) > link.acceptBy;
    if (isOver) state.links.delete(hash);
  }
}

function judge(state: ModelState, link: ModelLink, approvals: readonly ModelApproval[]): ModelAnswer {
  const { hash } = link;
  const decided = state.decidedLinks.get(hash);
  if (decided === "scheduled") {
    const further = signFurther(state, link, approvals);
    if (further !== null) return further;
    state.counted.push("E_DELAY");
    return { outcome: decided, code: "E_DELAY" };
  }
  if (decided !== undefined) return { outcome: decided };
  if (link.seq <= state.rosters.length - 1) return overtaken(state, link, approvals);
  const found = check(state, link, { approvals, acceptedAt: null });
  if (typeof found !== "number") return refuse(state, hash, found);
  if (found < link.need) return wait(state, link, approvals);
  const delaySec = state.keys.size === 0 ? link.delayBefore : link.delaySec;
  const others = [...state.links.values()].filter((each) => each.wait !== null);
  const recovers = link.kind === "recover";
  // Nothing is taken beside a recovery; a recovery takes the place of what waits, and so does what applies at once.
  const taken = others.some((each) => each.link.kind === "recover") || (!recovers && delaySec > 0 && others.length > 0);
  if (taken) return refuse(state, hash, { code: "E_ROSTER_SEQ", stood: !recovers });
  if (recovers && others.some((each) => holdsOut(state, each.link, approvals))) {
    const known = state.links.get(hash);
    if (known !== undefined) state.links.set(hash, { ...known, approvals });
    return refuse(state, hash, { code: "E_ROSTER_SEQ", stood: false });
  }
  if (delaySec === 0) return apply(state, link);
  const acceptedAt = timeOf(state.clock);
  const due = runningOf(state.clock) + delaySec;
  return conclude(state, link, { kind: "roster.scheduled", answer: { outcome: "scheduled" } }, () => {
    for (const each of others) giveWay(state, each.link);
    state.links.set(hash, { link, approvals, wait: { acceptedAt, due } });
  });
}

/** The keys that a change of them leaves, where they could recover by themselves; all, where they could not. */
function lastSay(
  state: ModelState,
  { document }: ModelLink,
): { readonly ids: ReadonlySet<string>; readonly all: boolean } {
  const before = recoveryIds(newest(state));
  const after = recoveryIds(document);
  const ids = new Set([...before].filter((id) => after.has(id)));
  return ids.size < newest(state).recovery.m ? { ids: before, all: true } : { ids, all: false };
}

/** Whether a change of the recovery keys goes on waiting beside a recovery. */
function holdsOut(state: ModelState, link: ModelLink, approvals: readonly ModelApproval[]): boolean {
  if (link.kind !== "keys") return false;
  const { ids, all } = lastSay(state, link);
  const signed = new Set(approvals.filter(({ decision }) => decision === 1).map(({ credId }) => credId));
  return !all && [...ids].filter((id) => signed.has(id)).length < newest(state).recovery.m;
}

/** Further recovery keys over a recovery that waits. Null where nobody new decided, or no key. */
function signFurther(state: ModelState, link: ModelLink, approvals: readonly ModelApproval[]): ModelAnswer | null {
  const known = state.links.get(link.hash);
  if (known === undefined || known.wait === null || link.kind !== "recover") return null;
  const before = new Set(known.approvals.map(({ credId }) => credId));
  if (approvals.every(({ credId }) => before.has(credId))) return null;
  const { acceptedAt } = known.wait;
  const found = check(state, link, { approvals, acceptedAt });
  if (typeof found !== "number") return refuse(state, link.hash, found);
  if (found <= new Set(known.approvals.filter(({ decision }) => decision === 1).map(({ credId }) => credId)).size)
    return null;
  return conclude(state, link, { kind: "roster.signed", answer: { outcome: "scheduled" } }, () => {
    state.links.set(link.hash, { ...known, approvals });
  });
}

interface Given {
  readonly approvals: readonly ModelApproval[];
  /** When it was accepted, of one that waited. */
  readonly acceptedAt: number | null;
}

/** How many people stand behind a link under the roster with fewer; or why it is refused. */
function check(state: ModelState, link: ModelLink, { approvals, acceptedAt }: Given): number | Judged {
  const early = (code: string): Judged => ({ code, stood: false });
  const alarm = alarmOf(state.clock);
  const now = timeOf(state.clock);
  if (link.prev !== state.roster.hash) return early("E_ROSTER_SEQ");
  if (state.rolledBack) return early("E_RECOVERING");
  const renewsEnded = link.kind === "renew" && now > state.roster.notAfter;
  if (link.kind !== "remove" && link.kind !== "recover" && !renewsEnded) {
    if (alarm !== null && acceptedAt === null) return early("E_CLOCK");
    if (link.kind === "keys" && now > state.roster.notAfter) return early("E_ROSTER_EXPIRED");
    if (state.recovering) return early("E_RECOVERING");
    if (state.locked) return early("E_LOCKED");
  }
  const at = acceptedAt ?? now;
  if (alarm === null && (at > link.acceptBy || link.issued > at + 600)) return early("E_EXPIRED");
  const said = approvals.filter(({ decision }) => decision === 1);
  const keys = link.kind === "recover" ? recoveryIds(newest(state)) : null;
  for (const approval of said) {
    const known = keys === null ? verify(state, approval) : verifyKey(keys, approval);
    const wrong = approval.list.join() === link.hash ? known : "E_ROSTER_THRESHOLD";
    if (wrong !== null) return early(wrong);
  }
  if (keys !== null) return new Set(said.map(({ credId }) => credId)).size;
  return Math.min(people(state.credentials, said), people(link.credentials, said));
}

function newest({ rosters }: ModelState): Roster {
  return rosters.at(-1)?.document as Roster;
}

function verifyKey(keys: ReadonlySet<string>, { credId, wrong }: ModelApproval): string | null {
  return keys.has(credId) ? wrong : "E_CRED_UNKNOWN";
}

function people(credentials: ModelState["credentials"], said: readonly ModelApproval[]): number {
  const able = said.flatMap(({ credId }) => credentials.get(credId) ?? []).filter(({ hosted }) => !hosted);
  return new Set(able.map(({ adm }) => adm)).size;
}

/** Another link has its place. One that a quorum signed too is kept as evidence. */
function overtaken(state: ModelState, link: ModelLink, approvals: readonly ModelApproval[]): ModelAnswer {
  const before = state.rosters[link.seq - 1];
  const said = approvals.filter(({ decision }) => decision === 1);
  const recovers = link.kind === "recover";
  const able = before === undefined ? new Set() : recovers ? recoveryIds(before.document) : before.credentials;
  const honest = said.every(
    ({ credId, list, wrong }) => list.join() === link.hash && wrong === null && able.has(credId),
  );
  const both =
    before === undefined
      ? 0
      : recovers
        ? new Set(said.map(({ credId }) => credId)).size
        : Math.min(people(before.credentials, said), people(link.credentials, said));
  const answer = { outcome: "refused", code: "E_ROSTER_SEQ" };
  if (before?.hash !== link.prev || !honest || both < link.need)
    return refuse(state, link.hash, { ...answer, stood: false });
  return end(state, link, answer);
}

function wait(state: ModelState, link: ModelLink, given: readonly ModelApproval[]): ModelAnswer {
  // Nothing gathers approvals beside a recovery.
  const isTaken = [...state.links.values()].some((each) => each.wait !== null && each.link.kind === "recover");
  const said = given.filter(({ decision }) => decision === 1);
  const stood = people(state.credentials, said) + people(link.credentials, said) > 0;
  if (isTaken && link.kind !== "recover") return refuse(state, link.hash, { code: "E_ROSTER_SEQ", stood });
  // Approvals from the hosted page count for no link: nobody keeps them.
  const isIdle = ({ credId }: ModelApproval) =>
    (state.credentials.get(credId) ?? link.credentials.get(credId))?.hosted === true;
  const approvals = given.filter((each) => !isIdle(each));
  const known = state.links.get(link.hash)?.approvals.length ?? 0;
  if (approvals.length < given.length && approvals.length <= known)
    return refuse(state, link.hash, { code: "E_CHANNEL", stood: true });
  state.links.set(link.hash, { link, approvals, wait: null });
  if (approvals.length === 0) return { outcome: "pending" };
  state.counted.push("E_ROSTER_THRESHOLD");
  return { outcome: "pending", code: "E_ROSTER_THRESHOLD" };
}

/** In force: whatever else waited for its place is over. */
function apply(state: ModelState, link: ModelLink): ModelAnswer {
  const others = [...state.links.values()].filter((each) => each.wait !== null && each.link.hash !== link.hash);
  const answer = conclude(state, link, { kind: "roster", answer: { outcome: "applied" } }, () => {
    for (const each of others) giveWay(state, each.link);
    const { hash, notAfter, credentials, document } = link;
    state.rosters.push({ hash, notAfter, credentials, document });
    state.roster = { hash, notAfter };
    state.credentials = credentials;
    state.links.clear();
  });
  return answer;
}

/** Another link has its place. */
function giveWay(state: ModelState, { hash }: ModelLink): void {
  const leaf = append(state, "roster.refused", hash);
  state.decided.set(hash, { outcome: "refused", code: "E_ROSTER_SEQ", leaf, final: true });
  state.decidedLinks.set(hash, "refused");
  state.links.delete(hash);
}

/** One administrator's no to what waits here and does not only take away, or, to a change of the recovery keys, one recovery key's. */
function object(state: ModelState, link: ModelLink, objection: ModelApproval): ModelAnswer {
  const decided = state.decidedLinks.get(link.hash);
  if (decided !== undefined && decided !== "scheduled") return { outcome: decided };
  const early = (code: string) => refuse(state, link.hash, { code, stood: false });
  if (state.rolledBack) return early("E_RECOVERING");
  if (!state.links.has(link.hash)) return early("E_PRESTATE");
  if (link.prev !== state.roster.hash) return early("E_ROSTER_SEQ");
  const recovers = link.kind === "recover";
  if (link.kind === "remove") return early("E_VETO");
  if (recovers && decided !== "scheduled") return early("E_VETO");
  const wrong = objection.list.join() === link.hash ? objected(state, link, objection) : "E_VETO";
  if (wrong !== null) return early(wrong);
  if (recovers) state.vetoed.add(link.seq);
  return end(state, link, { outcome: "cancelled", code: "E_CANCELLED" });
}

/** Why an objection does not count; null where it does. */
function objected(state: ModelState, link: ModelLink, objection: ModelApproval): string | null {
  const keys = recoveryIds(newest(state));
  if (keys.has(objection.credId))
    return link.kind === "keys" && lastSay(state, link).ids.has(objection.credId) ? objection.wrong : "E_VETO";
  const wrong = verify(state, objection);
  if (wrong !== null || link.kind !== "recover") return wrong;
  const said = state.links.get(link.hash)?.approvals.filter(({ decision }) => decision === 1) ?? [];
  const signed = new Set(said.map(({ credId }) => credId)).size;
  return signed === keys.size || state.vetoed.has(link.seq) ? "E_VETO" : null;
}

function end(state: ModelState, link: ModelLink, answer: ModelAnswer): ModelAnswer {
  return conclude(state, link, { kind: `roster.${answer.outcome}`, answer }, () => void state.links.delete(link.hash));
}

function conclude(
  state: ModelState,
  { hash }: ModelLink,
  { kind, answer }: { readonly kind: string; readonly answer: ModelAnswer },
  work: () => void,
): ModelAnswer {
  write(state, () => {
    const leaf = append(state, kind, hash);
    work();
    state.decided.set(hash, { ...answer, leaf, final: answer.outcome !== "scheduled" });
    state.decidedLinks.set(hash, answer.outcome);
    return leaf;
  });
  return answer;
}
