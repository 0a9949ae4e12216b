import { rotate, step, written } from "./model-acts.ts";
import { alarmOf, timeOf } from "./model-clock.ts";
import type { ModelKey, ModelState } from "./model-state.ts";
import { write } from "./model-transaction.ts";

/** What keys' schedules do by themselves: nothing while the clock is doubted or the domain recovers. */
export function runSchedules(state: ModelState, order: readonly string[]): void {
  if (alarmOf(state.clock) !== null || state.recovering || state.rolledBack) return;
  const now = timeOf(state.clock);
  for (const id of order) {
    const key = state.keys.get(id) as ModelKey;
    for (const { does } of [...key.schedules]) runOne(state, key, does, now);
  }
}

function runOne(state: ModelState, key: ModelKey, does: string, now: number): void {
  const schedule = key.schedules.find((each) => each.does === does);
  if (schedule === undefined || schedule.next > now || key.state !== "active") return;
  if (does !== "deactivate" && (state.locked || key.scheduled !== null)) return;
  write(state, () => {
    const leaf =
      does === "rotate"
        ? rotate(state, key, "key.rotate")
        : does === "deactivate"
          ? step(state, key, "key.deactivate")
          : written(state, key, { kind: "schedule.run", moves: false }, () => undefined);
    schedule.n += 1;
    schedule.next += (Math.floor((now - schedule.next) / schedule.everySec) + 1) * schedule.everySec;
    return leaf;
  });
}
