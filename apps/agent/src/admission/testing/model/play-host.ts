import type { BothSides } from "./both-sides.ts";
import { compareState } from "./compare.ts";
import { decide } from "./desk.ts";
import type { StepOf } from "./history.ts";
import { lockByHost } from "./model-admission.ts";
import { runningOf } from "./model-clock.ts";
import type { ModelState } from "./model-state.ts";
import { deliverOrder, playOrder } from "./play-orders.ts";

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

/** The store is an older one, with the newest checkpoint beside it, for a while or from now on. */
export async function playRollback(sides: BothSides, step: StepOf<"rollback">): Promise<string[]> {
  const place = step.snapshot % Math.max(1, sides.snapshots.length);
  const kept = sides.snapshots[place];
  const order = sides.pick(step.order);
  const newest = sides.state;
  if (kept === undefined || order === null || kept.state.log.length >= newest.log.length) return [];
  newest.clock.kept = runningOf(newest.clock);
  const lost = [{ size: newest.log.length, root: newest.logRoot }];
  const found: string[] = [];
  const known = new Map(sides.commitments.of);
  let stays = false;
  await sides.world.rolledBack(kept.folder, async () => {
    const oneTimeKeys = new Set(newest.oneTimeKeys);
    sides.state = broughtBack(sides, kept.state, { rolledBack: true, lost, oneTimeKeys });
    sides.state.found = sides.world.domain.lost?.found ?? "";
    // Before the loss is accepted: an agent that is cut off at that goes on by itself, and makes material anew.
    forgetLost(sides);
    sides.reopened();
    await sides.settle();
    found.push(...(await deliverOrder(sides, { order, decisions: order.decisions.slice(-12), cut: null })));
    await sides.settle();
    found.push(...compareState(sides.world, sides.state, sides.commitments));
    if (step.loss !== null && found.length === 0) found.push(...(await giveUp(sides, step.loss)));
    stays = !sides.state.rolledBack;
    if (stays) sides.state.clock.kept = runningOf(sides.state.clock);
    return stays;
  });
  if (stays) sides.snapshots = sides.snapshots.slice(0, place + 1);
  else {
    sides.state = newest;
    sides.commitments.same.clear();
    for (const [name, commit] of known) sides.commitments.of.set(name, commit);
  }
  sides.reopened();
  sides.note(stays ? "went on from an older store" : "rolled back");
  return found;
}

/** People give up what is lost; where that came to nothing, two of them approve the same once more. */
async function giveUp(sides: BothSides, loss: NonNullable<StepOf<"rollback">["loss"]>): Promise<string[]> {
  const first = await playOrder(sides, {
    do: "order",
    act: "log.acceptLoss",
    on: 0,
    flaw: "none",
    sent: true,
    ...loss,
  });
  const order = sides.orders.at(-1);
  if (!sides.state.rolledBack || order === undefined || first.length > 0) return first;
  sides.state.found = sides.world.domain.lost?.found ?? "";
  const decisions = [0, 2].map((hand) => decide(sides.domain, [order.command.hash], { hand, how: "approves" }));
  return deliverOrder(sides, { order, decisions, cut: null });
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
