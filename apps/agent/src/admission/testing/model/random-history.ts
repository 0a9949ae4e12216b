import fc from "fast-check";
import type { KeySign, Sign, Step } from "./history.ts";
import { LINK_KINDS, type ModelLink } from "./model-state.ts";
import { anyKey, enrolment, loss, sealing, randomStep as step } from "./random-step.ts";

const HOUR = 3600;
const BOTH: readonly Sign[] = [
  { hand: 0, how: "approves" },
  { hand: 2, how: "approves" },
];

function order(act: string, pick = 0, on = 0): Step {
  return { do: "order", act, on, pick, flaw: "none", signs: BOTH, sent: true, cut: null };
}

const kind = fc.constantFrom(...LINK_KINDS);
const BY_KEY: readonly KeySign[] = [{ key: 0, how: "signs" }];

function linked(asked: ModelLink["kind"], pick: number, sent: boolean): Step {
  return { do: "link", kind: asked, pick, signs: BOTH, keys: BY_KEY, crossed: false, sent };
}

function again(link: number, by: readonly KeySign[]): Step {
  return { do: "link again", link, kept: true, signs: [], keys: by, crossed: false };
}

const honestly = fc.nat(3).map((key): Step => ({ do: "enrol", secret: 0, key, from: 0, cut: null }));
const asked = fc.oneof(honestly, honestly, enrolment, step);

/** Clients come by a permit, in time or late, and it may be withdrawn meanwhile. */
const letIn: fc.Arbitrary<readonly Step[]> = fc
  .tuple(
    fc.constantFrom(0, 1, 2, 4, 5, 10, 11),
    fc.tuple(honestly, asked, asked),
    fc.constantFrom(1, 90, HOUR, 13 * HOUR, 31 * 24 * HOUR),
    fc.nat(1),
  )
  .map(([pick, [one, two, three], seconds, on]): Step[] => [
    ...[order("client.permit", pick), one, { do: "pass", seconds } as const, two],
    ...[order("client.update", 0, on), order("client.revoke", on, on), three],
  ]);

/** Keys are brought in, sealed rightly or not, with something in between. */
const brought: fc.Arbitrary<readonly Step[]> = fc
  .tuple(fc.nat(1), sealing, fc.oneof(step, sealing), fc.constantFrom(0, 0, 0, 0, 7, 8), step)
  .map(([most, sealed, between, pick, after]): Step[] => [
    ...[order("import.begin", most), sealed, between, order("import.commit", pick), after, order("import.commit", 9)],
  ]);

/** People who give up what is lost, mostly as they should, perhaps into a loss of power. */
const givenUp = fc.oneof(
  loss,
  fc
    .constantFrom(null, null, "executor:begun" as const, "executor:committed" as const)
    .map((cut) => ({ pick: 0, signs: BOTH, cut })),
);

/** What takes several steps in order, and chance alone would seldom bring about. */
const chain: fc.Arbitrary<readonly Step[]> = fc.oneof(
  fc
    .constantFrom(90, 120, 3600)
    .map((seconds): Step[] => [...[order("key.deactivate"), order("key.destroy")], { do: "pass", seconds }]),
  fc
    .tuple(step, givenUp, step, fc.nat(11))
    .map(([each, given, after, at]): Step[] => [
      ...[{ do: "snapshot" } as const, order("key.rotate"), each],
      ...[{ do: "rollback", snapshot: 0, order: 1, loss: given } as const, after],
      { do: "rollback", snapshot: 0, order: at, loss: null },
    ]),
  fc
    .tuple(step, step)
    .map(([each, after]): Step[] => [
      ...[{ do: "snapshot" } as const, order("key.rotate"), each, { do: "restore", snapshot: 0 } as const],
      ...[order("restore.accept"), after],
    ]),
  step.map((each): Step[] => [order("key.suspend"), each, order("key.resume")]),
  letIn,
  brought,
  fc
    .tuple(kind, kind, step)
    .map(([one, other, each]): Step[] => [
      ...[linked(one, 0, false), linked(other, 1, true), each],
      ...[{ do: "pass", seconds: 120 } as const, { do: "pass", seconds: 120 } as const],
      again(0, []),
    ]),
  fc.tuple(step, fc.array(anyKey, { maxLength: 2 }), step).map(([one, by, other]): Step[] => {
    return [linked("recover", 0, true), one, again(0, by), other, linked("recover", 1, true)];
  }),
);

/** A recovery or a change of its rules that comes to its end; it takes thousands of looks, so it is rare. */
const waited: fc.Arbitrary<readonly Step[]> = fc
  .tuple(fc.constantFrom("recover" as const, "keys" as const), step)
  .map(([asked, each]): Step[] => [linked(asked, 0, true), each, { do: "wait", seconds: 73 * HOUR }]);

const part: fc.Arbitrary<readonly Step[]> = fc.oneof(
  { weight: 540, arbitrary: step.map((each) => [each]) },
  { weight: 80, arbitrary: chain },
  { weight: 1, arbitrary: waited },
);

/** Histories of so many parts at most, which begin with two keys. */
export function histories(longest: number): fc.Arbitrary<Step[]> {
  const rest = fc.array(part, { minLength: Math.ceil(longest / 3), maxLength: longest, size: "max" });
  return rest.map((parts) => [order("key.create"), ...parts.flat()]);
}
