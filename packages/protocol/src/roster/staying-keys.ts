import type { Approval } from "../approval/approval.ts";
import { findRecoveryKey } from "./recovery.ts";
import type { RecoveryKey, Roster } from "./roster.ts";
import { changesRecovery } from "./roster-link-delay.ts";

/**
 * The recovery keys of the old roster that a change of them leaves in its list, where they are as many as a recovery takes:
 * then the last say is theirs alone, and the keys that go have none. Null for any other link, and where fewer stay: then
 * administrators could take the owners' last say away, and every old key has it.
 *
 * @see docs/spec/roster.md section 7
 */
export function stayingRecoveryKeys(old: Roster, next: Roster): readonly RecoveryKey[] | null {
  if (next.recover === true || !changesRecovery(old, next)) return null;
  const staying = old.recovery.keys.filter(({ cose }) => next.recovery.keys.some((one) => one.cose === cose));
  return staying.length >= needed(old) ? staying : null;
}

/**
 * Whether a change that waits its delay goes on waiting beside a recovery with these approvals: too few of the keys that
 * stay have signed it.
 *
 * Trusts: `approvals`, verified.
 *
 * @see docs/spec/roster.md section 6
 */
export function outlastsRecovery(old: Roster, waiting: Roster, approvals: readonly Approval[]): boolean {
  const staying = stayingRecoveryKeys(old, waiting);
  if (staying === null) return false;
  const signed = new Set(approvals.map((approval) => findRecoveryKey(old, approval)));
  return staying.filter(({ cose }) => signed.has(cose)).length < needed(old);
}

function needed({ recovery }: Roster): number {
  return Math.max(1, recovery.m);
}
