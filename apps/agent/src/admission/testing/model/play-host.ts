import type { BothSides } from "./both-sides.ts";
import { compareState } from "./compare.ts";
import type { StepOf } from "./history.ts";
import { lockByHost } from "./model-admission.ts";
import { runningOf } from "./model-clock.ts";
import type { ModelState } from "./model-state.ts";
import { deliverOrder } from "./play-orders.ts";

const MOST_SNAPSHOTS = 4;
const LOOK_SECONDS = 120;

export async function playRestore(sides: BothSides, { snapshot: at }: StepOf<"restore">): Promise<string[]> {
  const place = at % Math.max(1, sides.snapshots.length);
  const kept = sides.snapshots[place];
  if (kept === undefined) return [];
  await sides.world.restore(kept.folder);
  sides.snapshots = sides.snapshots.slice(0, place + 1);
  sides.state = broughtBack(sides, kept.state, { recovering: true, oneTimeKeys: new Set() });
  forgetLost(sides);
  sides.reopened();
  sides.note("restored");
  return [];
}

/** For a while the store is an older one, with the newest checkpoint beside it. */
export async function playRollback(
  sides: BothSides,
  { snapshot: at, order: which }: StepOf<"rollback">,
): Promise<string[]> {
  const kept = sides.snapshots[at % Math.max(1, sides.snapshots.length)];
  const order = sides.pick(which);
  const newest = sides.state;
  if (kept === undefined || order === null || kept.state.log.length >= newest.log.length) return [];
  newest.clock.kept = runningOf(newest.clock);
  const found: string[] = [];
  await sides.world.rolledBack(kept.folder, async () => {
    sides.state = broughtBack(sides, kept.state, { rolledBack: true, oneTimeKeys: new Set(newest.oneTimeKeys) });
    sides.reopened();
    await sides.settle();
    found.push(...(await deliverOrder(sides, { order, decisions: order.decisions.slice(-12), cut: null })));
    await sides.settle();
    found.push(...compareState(sides.world, sides.state, sides.commitments));
  });
  sides.state = newest;
  sides.reopened();
  sides.note("rolled back");
  return found;
}

export async function playHostEvent(
  sides: BothSides,
  step: StepOf<"pass" | "wait" | "turn" | "restart" | "snapshot" | "lock by host">,
): Promise<string[]> {
  const { clock } = sides.state;
  sides.note(step.do);
  if (step.do === "pass") {
    sides.clock.advance(step.seconds);
    clock.wall += step.seconds;
    clock.ran += step.seconds;
    return sides.time();
  }
  if (step.do === "wait") return playWait(sides, step);
  if (step.do === "turn") {
    clock.wall = step.seconds === "right" ? sides.domain.wall + clock.ran : clock.wall + step.seconds;
    sides.clock.setWall(clock.wall);
    return sides.time();
  }
  if (step.do === "restart") {
    clock.kept = runningOf(clock);
    await sides.world.restart();
    sides.reopened();
  }
  if (step.do === "snapshot" && sides.snapshots.length < MOST_SNAPSHOTS)
    sides.snapshots.push({ folder: sides.world.snapshot(), state: structuredClone(sides.state) });
  if (step.do !== "lock by host" || sides.state.rolledBack) return [];
  lockByHost(sides.state);
  sides.world.domain.executor.lockByHost();
  return [];
}

/** The agent counts two minutes a look at most, so it looks every two minutes. */
async function playWait(sides: BothSides, { seconds }: StepOf<"wait">): Promise<string[]> {
  const { clock } = sides.state;
  for (let passed = 0; passed < seconds; passed += LOOK_SECONDS) {
    sides.clock.advance(LOOK_SECONDS);
    clock.wall += LOOK_SECONDS;
    clock.ran += LOOK_SECONDS;
    const differences = sides.time();
    if (differences.length > 0) return differences;
    await sides.settle();
  }
  return [];
}

function broughtBack(sides: BothSides, before: ModelState, changed: Partial<ModelState>): ModelState {
  const state = { ...structuredClone(before), counted: [], ...changed };
  const { wall, ran } = sides.state.clock;
  return { ...state, clock: { ...state.clock, wall, ran } };
}

/** Versions and clients that a restore does not bring back may come again, of other material. */
function forgetLost(sides: BothSides): void {
  const { of, same } = sides.commitments;
  const keys = [...sides.state.keys.values()];
  const versions = keys.flatMap((key) => key.versions.map((_, index) => `${key.id}/${index + 1}`));
  const back = new Set([...versions, ...sides.state.clients.keys()]);
  for (const name of of.keys()) if (!back.has(name)) of.delete(name);
  same.clear();
}
