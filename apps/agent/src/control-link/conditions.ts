import type { Agent } from "../agent.ts";
import type { Domain } from "../domain.ts";
import { countersOf } from "../endpoints/metrics/counters.ts";

/** Something at this agent that a person has to see to, without any name: `doctor` on its machine says which and why. */
export interface Condition {
  readonly kind: ConditionKind;
  /** Since when, or when last, Unix seconds. */
  readonly at?: number;
  readonly count?: number;
  readonly code?: string;
}

/** Of docs/spec/gateway.md section 3. */
export type ConditionKind =
  | "disk.doubtful"
  | "disk.failed"
  | "clock.off"
  | "log.problem"
  | "records.locked"
  | "witnesses.silent"
  | "pages.unserved";

/** What a person has to see to now, the worst first; empty where all is well. */
export function conditionsOf(agent: Agent, domain: Domain): Condition[] {
  const { problem, keystore, guard, witnesses } = domain;
  return [
    ...disk(agent),
    ...(problem === null ? [] : [{ kind: "log.problem", code: problem } as const]),
    ...counted("records.locked", keystore.lockedObjects().length),
    ...(guard.alarm() === null ? [] : [{ kind: "clock.off" } as const]),
    ...counted("witnesses.silent", witnesses.status().filter(({ silent }) => silent).length),
    ...counted("pages.unserved", countersOf(agent).pagesNotServed.size),
  ];
}

function disk({ store }: Agent): Condition[] {
  const { failures, failedAt, doubtfulSince } = store.disk;
  if (doubtfulSince !== null) return [{ kind: "disk.doubtful", at: doubtfulSince, count: failures }];
  return failedAt === null ? [] : [{ kind: "disk.failed", at: failedAt, count: failures }];
}

function counted(kind: ConditionKind, count: number): Condition[] {
  return count === 0 ? [] : [{ kind, count }];
}
