import { type KeyStateDocument, type Leaf, limitSpent, type OpenedEntry } from "@holdfast/protocol";
import { clientRenewalProblem } from "./client-renewal.ts";
import { clientStepProblem } from "./client-step.ts";
import { permittedProblem } from "./permitted-client.ts";
import { scheduledRunProblem } from "./scheduled-run.ts";
import { unexpected, type WalkRecord } from "./walk-record.ts";

/** A client renewed its own certificate: same identity, same grants. */
export function takeRenewal(record: WalkRecord, entry: OpenedEntry): void {
  const { leaf } = entry;
  const before = record.replay.clients.get(leaf.subject)?.state ?? null;
  const after = record.replay.step(entry);
  const problem = after.kind === "client" ? clientRenewalProblem(leaf, before, after) : "it is no client";
  if (problem !== null) throw unexpected(leaf, `renews a client wrongly: ${problem}`);
  record.checkLock(leaf, "client.renew");
  record.note(leaf);
}

/** A client that an approved enrolment secret let in. */
export function takePermitted(record: WalkRecord, entry: OpenedEntry): void {
  const { leaf } = entry;
  const permit = leaf.actor.kind === "client" ? record.replay.clients.get(leaf.actor.id) : undefined;
  const before = [...record.replay.clients.values()].filter(({ state }) => state.auth.permit === permit?.state.id);
  const after = record.replay.step(entry);
  const problem =
    after.kind === "client"
      ? permittedProblem(leaf, { permit: permit?.state ?? null, before: before.length, after })
      : "it is no client";
  if (problem !== null) throw unexpected(leaf, `lets a client in wrongly: ${problem}`);
  record.checkLock(leaf, leaf.kind);
  record.changeBy("client", entry, [permit?.label ?? permit?.state.id ?? ""]);
}

/** What a client did within its grants of that moment. */
export function takeClientStep(record: WalkRecord, entry: OpenedEntry): void {
  const { leaf } = entry;
  const client = leaf.actor.kind === "client" ? record.replay.clients.get(leaf.actor.id) : undefined;
  const before = record.replay.keys.get(leaf.subject)?.state ?? null;
  const after = record.replay.step(entry);
  if (client?.state.state !== "active" || leaf.ts > client.state.dates.notAfter || after.kind !== "key") {
    throw unexpected(leaf, "was done by no client that might");
  }
  const from = leaf.data?.["from"];
  const base = typeof from === "string" ? (record.replay.keys.get(from)?.state ?? null) : null;
  const problem = clientStepProblem(leaf.kind, client.state, { before, after, base });
  if (problem !== null) throw unexpected(leaf, problem);
  // What a client says of an object without deciding anything is no change of keys.
  if (leaf.kind === "key.attributes" && leaf.pre === leaf.post) {
    record.note(leaf);
    return;
  }
  record.checkLock(leaf, leaf.kind);
  record.changeBy("client", entry, [client.label ?? client.state.id]);
}

/** A step that a planned date has brought about, or the agent's account of a limit, which decides nothing new. */
export function takeAgentStep(record: WalkRecord, entry: OpenedEntry): void {
  const { leaf } = entry;
  if (leaf.actor.kind !== "agent") throw unexpected(leaf, "is by somebody without approvals");
  const before = record.replay.keys.get(leaf.subject)?.state;
  record.replay.step(entry);
  if (leaf.kind === "key.attributes") {
    if (leaf.pre !== leaf.post) throw unexpected(leaf, "changed a key for no reason");
    if (!isAccount(leaf, before)) throw unexpected(leaf, "accounts for more than the key's limit");
    record.note(leaf);
    return;
  }
  const due = leaf.kind === "key.activate" ? before?.dates.activation : before?.dates.deactivation;
  if (due === undefined || due > leaf.ts) throw unexpected(leaf, "was done before its time");
  record.checkLock(leaf, leaf.kind);
  record.changeBy("date", entry);
}

/** What an approved schedule did by itself. */
export function takeScheduledRun(record: WalkRecord, entry: OpenedEntry): void {
  const { leaf } = entry;
  const before = record.replay.keys.get(leaf.subject)?.state ?? null;
  const after = record.replay.step(entry);
  if (after.kind !== "key") throw unexpected(leaf, "is by a schedule, and about no key");
  const past = {
    released: record.releases.some(({ key }) => key === leaf.subject),
    lastUsedAt: record.uses.reduce<number | null>(
      (last, { key, at }) => (key === leaf.subject ? Math.max(last ?? 0, at - (at % 60)) : last),
      null,
    ),
  };
  const problem = scheduledRunProblem(leaf, before, after, past);
  if (problem !== null) throw unexpected(leaf, problem);
  record.checkLock(leaf, leaf.kind);
  if (leaf.kind === "schedule.run") {
    record.note(leaf);
    return;
  }
  record.changeBy("schedule", entry);
}

/** Whether what a key server accounts for of a limit, where it says so, is within that limit. */
function isAccount(leaf: Leaf, key: KeyStateDocument | undefined): boolean {
  if (leaf.data?.["spent"] === undefined) return true;
  const spent = limitSpent(leaf);
  return spent !== null && key?.limits !== undefined && spent <= key.limits.total;
}
