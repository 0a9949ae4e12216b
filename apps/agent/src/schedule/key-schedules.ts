import { type KeySchedule, nextState, type Run, runDueAt } from "@holdfast/protocol";
import type { Keystore } from "../keystore/keystore.ts";
import type { KeyRecord } from "../keystore/records.ts";
import type { KeyEffect } from "../lifecycle/effect.ts";
import type { Executor } from "../lifecycle/executor.ts";
import { rotateKey } from "../lifecycle/re-key.ts";
import { isHeldByClients } from "../lifecycle/set-schedule.ts";
import { stepKey } from "../lifecycle/step-key.ts";
import type { Logger } from "../logger.ts";
import type { ScheduledWork } from "./scheduler.ts";

/** What keys' schedules work on. */
export interface KeyScheduleParts {
  readonly keystore: Keystore;
  readonly executor: Executor;
  readonly logger: Logger;
  /** Has what was counted and not written down yet written: use of this minute counts as use. */
  readonly recordUse: () => void;
}

/** What a run comes to. `due`: people are told; `held`: clients hold the key, so they are told; `in-use`: it waits on. */
export type RunOutcome = "rotate" | "deactivate" | "due" | "held" | "in-use";

/** Runs what `schedule.set` had approved for single keys. */
export class KeySchedules implements ScheduledWork {
  readonly name = "keys";
  readonly #parts: KeyScheduleParts;

  constructor(parts: KeyScheduleParts) {
    this.#parts = parts;
  }

  /** @throws {@link StoreError} `E_STORE` where another agent was faster; the next tick sees what it did */
  runDue(now: number): void {
    const due = [...this.#parts.keystore.withSchedules()].filter((key) =>
      key.schedules.some((each) => each.next <= now),
    );
    if (due.length === 0) return;
    this.#parts.recordUse();
    for (const { id } of due) {
      for (const { does } of this.#parts.keystore.findKey(id)?.schedules ?? []) this.#runOne(id, does, now);
    }
  }

  #runOne(id: string, does: KeySchedule["does"], now: number): void {
    const { keystore, executor, logger } = this.#parts;
    const key = keystore.findKey(id);
    const schedule = key?.schedules.find((each) => each.does === does);
    const run = schedule && runDueAt(schedule, now);
    if (!key || !run) return;
    const outcome = this.#outcome(key, run.after, now);
    if (outcome === null) return; // it stays due until it can be done
    const { after, n, missed } = run;
    const kind = outcome === "rotate" || outcome === "deactivate" ? `key.${outcome}` : "schedule.run";
    const reason = {
      kind,
      actor: { kind: "schedule", id: after.id },
      cause: { kind: "schedule", id: after.id, n },
    } as const;
    executor.perform({
      touches: [id],
      prepare: () => ({
        writes: [{ effect: this.#effect(key, run, { outcome, now }), reason }],
        result: () => undefined,
      }),
    });
    logger.info("schedule.run", { key: id, outcome, n, missed });
  }

  /** What a due run comes to now; null where it cannot be done yet. */
  #outcome(key: KeyRecord, { does, unusedSec }: KeySchedule, now: number): RunOutcome | null {
    const { keystore } = this.#parts;
    if (key.locked !== null || key.state !== "active" || nextState(key.state, "schedule.set") === null) return null;
    const loosens = does !== "deactivate";
    if (loosens && (keystore.domain().locked || key.scheduled !== null)) return null;
    if (does === "notify") return "due";
    if (isHeldByClients(key, keystore)) return keystore.domain().locked ? null : "held";
    if (does === "rotate") return "rotate";
    const lastUse = keystore.usageOf(key.id)[0]?.lastAt ?? key.dates.activated ?? key.dates.created;
    if (unusedSec !== undefined && lastUse > now - unusedSec) return keystore.domain().locked ? null : "in-use";
    return "deactivate";
  }

  #effect(
    key: KeyRecord,
    { after, missed }: Run<KeySchedule>,
    { outcome, now }: { readonly outcome: RunOutcome; readonly now: number },
  ): KeyEffect {
    const before: KeyRecord = key;
    const schedules = key.schedules.map((each) => (each.id === after.id ? after : each));
    if (outcome === "rotate" || outcome === "deactivate") {
      const step =
        outcome === "rotate"
          ? rotateKey(before, { makeKey: this.#parts.executor.makeKey, now })
          : stepKey(before, "key.deactivate", now);
      return { ...step, after: { ...step.after, schedules }, data: { missed } };
    }
    return { on: "key", before, after: { ...before, schedules }, movesHead: false, data: { missed, outcome } };
  }
}
