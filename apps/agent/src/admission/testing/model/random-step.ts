import fc from "fast-check";
import { FAULT_POINTS } from "../../../lifecycle/fault-point-names.ts";
import { FLAWS, HOWS, KEY_HOWS, SEALED_HOWS, type Step } from "./history.ts";
import { LINK_KINDS } from "./model-state.ts";

/** Acts that are ordered, some of them oftener. */
export const ACTS = [
  ...["key.create", "key.create", "key.create", "key.rotate", "key.rotate", "key.suspend", "key.resume"],
  ...["key.deactivate", "key.deactivate", "key.deactivate", "key.compromise"],
  ...["key.destroy", "key.destroy", "key.destroy", "key.destroy"],
  ...["key.activate", "key.label", "key.group", "schedule.set", "schedule.set", "schedule.clear", "crypto.allow"],
  ...[
    "client.enrol",
    "client.permit",
    "client.update",
    "client.revoke",
    "client.revoke",
    "domain.lock",
    "domain.unlock",
    "domain.unlock",
    "restore.accept",
  ],
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
export const anyKey = fc.record({
  key: fc.constantFrom(0, 0, 1, 1, 2),
  how: fc.constantFrom(...KEY_HOWS, "signs" as const),
});
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

/** Whether people give up what is lost, and how. */
export const loss = fc.option(fc.record({ pick: index, signs, cut }));

/** Somebody asks to be let in, mostly as the newest permit says. */
export const enrolment = fc.record({
  do: fc.constant("enrol" as const),
  secret: fc.constantFrom(0, 0, 0, 1, 2, 3),
  key: fc.nat(3),
  from: fc.constantFrom(0, 0, 0, 0, 0, 1, 2, 2, 3, 4),
  cut,
});

/** Keys are sealed to an import, mostly the newest. */
export const sealing = fc.record({
  do: fc.constant("seal" as const),
  import: fc.constantFrom(0, 0, 0, 1, 2),
  how: fc.constantFrom(...SEALED_HOWS, "honest" as const, "honest" as const, "honest" as const),
  pick: index,
  many: fc.boolean(),
  again: fc.constantFrom(false, false, false, false, true),
});

/** One thing that happens, by chance. */
export const randomStep: fc.Arbitrary<Step> = fc.oneof(
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
  { weight: 1, arbitrary: enrolment },
  { weight: 1, arbitrary: sealing },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("restore" as const), snapshot: index }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("rollback" as const), snapshot: index, order: index, loss }),
  },
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
