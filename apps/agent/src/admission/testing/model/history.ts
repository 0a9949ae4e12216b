import fc from "fast-check";
import { FAULT_POINTS, type FaultPointName } from "../../../lifecycle/fault-point-names.ts";
import { LINK_KINDS, type ModelLink } from "./model-state.ts";

/** How somebody decides: honestly, or with something wrong. */
export const HOWS = [
  "approves",
  "rejects",
  "only proposes",
  "bent signature",
  "nobody verified",
  "another origin",
  "another list",
  "another challenge",
] as const;

/** A decision in a history: by which hand, and how. */
export interface Sign {
  readonly hand: number;
  readonly how: (typeof HOWS)[number];
}

/** How a recovery key decides over a link. */
export const KEY_HOWS = ["signs", "objects", "another purpose", "another list"] as const;

/** A recovery key's decision: by which key, the third is a stranger's. */
export interface KeySign {
  readonly key: number;
  readonly how: (typeof KEY_HOWS)[number];
}

/** What may be wrong with a proposal. */
export const FLAWS = [
  "none",
  "another domain",
  "another roster",
  "too long",
  "from the future",
  "another name",
] as const;

/** One thing that happens. Numbers choose among what there is, so that every history has a meaning. */
export type Step =
  | {
      readonly do: "order";
      readonly act: string;
      readonly on: number;
      readonly pick: number;
      readonly flaw: (typeof FLAWS)[number];
      readonly signs: readonly Sign[];
      readonly sent: boolean;
      readonly cut: FaultPointName | null;
    }
  | {
      readonly do: "again";
      readonly order: number;
      readonly kept: "all" | "first" | "none";
      readonly signs: readonly Sign[];
      readonly cut: FaultPointName | null;
    }
  | {
      readonly do: "link";
      readonly kind: ModelLink["kind"];
      readonly pick: number;
      readonly signs: readonly Sign[];
      readonly keys: readonly KeySign[];
      /** Whether both people and recovery keys decide, whichever it takes. */
      readonly crossed: boolean;
      readonly sent: boolean;
    }
  | {
      readonly do: "link again";
      readonly link: number;
      readonly kept: boolean;
      readonly signs: readonly Sign[];
      readonly keys: readonly KeySign[];
      readonly crossed: boolean;
    }
  /** Nothing happens for days but that the agent looks at what is due, as often as it does. */
  | { readonly do: "wait"; readonly seconds: number }
  | { readonly do: "touch"; readonly orders: readonly number[]; readonly sign: Sign }
  | { readonly do: "pass"; readonly seconds: number }
  /** Somebody turns the wall clock, or puts it right. */
  | { readonly do: "turn"; readonly seconds: number | "right" }
  | { readonly do: "restore"; readonly snapshot: number }
  | { readonly do: "rollback"; readonly snapshot: number; readonly order: number }
  | { readonly do: "junk"; readonly order: number; readonly at: number; readonly bit: number }
  | { readonly do: "restart" }
  | { readonly do: "snapshot" }
  | { readonly do: "lock by host" };

/** A step of one kind. */
export type StepOf<D extends Step["do"]> = Extract<Step, { readonly do: D }>;

const ACTS = [
  ...["key.create", "key.create", "key.create", "key.rotate", "key.rotate", "key.suspend", "key.resume"],
  ...["key.deactivate", "key.deactivate", "key.deactivate", "key.compromise"],
  ...["key.destroy", "key.destroy", "key.destroy", "key.destroy"],
  ...["key.activate", "key.label", "key.group", "schedule.set", "schedule.set", "schedule.clear", "crypto.allow"],
  ...["client.enrol", "client.revoke", "domain.lock", "domain.unlock", "domain.unlock", "restore.accept"],
];

const HOUR = 3600;
const index = fc.nat(11);
const honest = fc.record({ hand: fc.constantFrom(0, 0, 2, 3), how: fc.constant("approves" as const) });
const anybody = fc.record({
  hand: fc.nat(5),
  how: fc.constantFrom(...HOWS, "approves" as const, "approves" as const, "rejects" as const),
});
const two = fc.constant([
  { hand: 0, how: "approves" as const },
  { hand: 2, how: "approves" as const },
]);
const signs = fc.oneof(
  { weight: 6, arbitrary: two },
  { weight: 2, arbitrary: fc.array(honest, { maxLength: 3 }) },
  { weight: 3, arbitrary: fc.array(anybody, { maxLength: 4 }) },
);
const anyKey = fc.record({ key: fc.constantFrom(0, 0, 1, 1, 2), how: fc.constantFrom(...KEY_HOWS, "signs" as const) });
const keys = fc.oneof(
  { weight: 3, arbitrary: fc.constant([{ key: 0, how: "signs" as const }]) },
  { weight: 2, arbitrary: fc.array(anyKey, { maxLength: 3 }) },
);
const crossed = fc.constantFrom(false, false, false, true);
const cut = fc.oneof(
  { weight: 9, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.constantFrom(...FAULT_POINTS) },
);
const flaw = fc.oneof({ weight: 9, arbitrary: fc.constant("none" as const) }, fc.constantFrom(...FLAWS));

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 16,
    arbitrary: fc.record({
      do: fc.constant("order" as const),
      act: fc.constantFrom(...ACTS),
      on: fc.constantFrom(0, 0, 0, 1, 1, 2, 3),
      pick: index,
      flaw,
      signs,
      sent: fc.constantFrom(true, true, true, false),
      cut,
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("again" as const),
      order: index,
      kept: fc.constantFrom("all" as const, "first" as const, "none" as const),
      signs: fc.array(anybody, { maxLength: 2 }),
      cut,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("touch" as const),
      orders: fc.uniqueArray(index, { minLength: 1, maxLength: 3 }),
      sign: fc.oneof(honest, anybody),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("pass" as const),
      seconds: fc.oneof(
        { weight: 30, arbitrary: fc.constantFrom(1, 90, 100, 120, HOUR, 25 * HOUR, 25 * HOUR, 27 * HOUR, 73 * HOUR) },
        { weight: 1, arbitrary: fc.constant(401 * 24 * HOUR) },
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("turn" as const),
      seconds: fc.constantFrom("right" as const, "right" as const, -100 * HOUR, -HOUR, -60, 60, HOUR, 30 * HOUR),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("link" as const),
      kind: fc.constantFrom(...LINK_KINDS, "renew" as const),
      pick: index,
      ...{ signs, keys, crossed },
      sent: fc.constantFrom(true, true, false),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("link again" as const),
      link: index,
      kept: fc.boolean(),
      signs: fc.array(anybody, { maxLength: 2 }),
      keys: fc.array(anyKey, { maxLength: 2 }),
      crossed,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("restore" as const), snapshot: index }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("rollback" as const), snapshot: index, order: index }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("junk" as const), order: index, at: fc.nat(4000), bit: fc.nat(7) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom("restart" as const, "snapshot" as const, "snapshot" as const, "lock by host" as const),
    }),
  },
);

const BOTH: readonly Sign[] = [
  { hand: 0, how: "approves" },
  { hand: 2, how: "approves" },
];

function order(act: string): Step {
  return { do: "order", act, on: 0, pick: 0, flaw: "none", signs: BOTH, sent: true, cut: null };
}

const kind = fc.constantFrom(...LINK_KINDS);
const BY_KEY: readonly KeySign[] = [{ key: 0, how: "signs" }];

function linked(asked: ModelLink["kind"], pick: number, sent: boolean): Step {
  return { do: "link", kind: asked, pick, signs: BOTH, keys: BY_KEY, crossed: false, sent };
}

function again(link: number, by: readonly KeySign[]): Step {
  return { do: "link again", link, kept: true, signs: [], keys: by, crossed: false };
}

/** What takes several steps in order, and chance alone would seldom bring about. */
const chain: fc.Arbitrary<readonly Step[]> = fc.oneof(
  fc
    .constantFrom(90, 120, 3600)
    .map((seconds): Step[] => [...[order("key.deactivate"), order("key.destroy")], { do: "pass", seconds }]),
  step.map((each): Step[] => [
    { do: "snapshot" },
    order("key.rotate"),
    each,
    { do: "rollback", snapshot: 0, order: 1 },
  ]),
  step.map((each): Step[] => [{ do: "snapshot" }, order("key.rotate"), each, { do: "restore", snapshot: 0 }]),
  fc.constant([order("domain.unlock"), order("restore.accept")]),
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
  { weight: 60, arbitrary: chain },
  { weight: 1, arbitrary: waited },
);

/** Histories of so many parts at most, which begin with two keys. */
export function histories(longest: number): fc.Arbitrary<Step[]> {
  const rest = fc.array(part, { minLength: Math.ceil(longest / 3), maxLength: longest, size: "max" });
  return rest.map((parts) => [order("key.create"), ...parts.flat()]);
}
