import type { KeyStateDocument, Leaf } from "@holdfast/protocol";
import { encodeState, runDueAt, stateHash } from "@holdfast/protocol";
import { applyByAll, PLAIN_KEY, ranSchedule, SoftwareLedger, SoftwareReporter } from "@holdfast/testkit";
import { describe, expect, test } from "vitest";
import { verifyBundle } from "./verify-bundle.ts";

const DAY = 86_400;
type Deed = "rotate" | "deactivate" | "notify";
type Change = (leaf: { kind: Leaf["kind"]; n: number; missed: number; state: KeyStateDocument }) => Partial<{
  kind: Leaf["kind"];
  n: number;
  missed: number;
  id: string;
  state: KeyStateDocument;
}>;

/** A log in which a schedule ran once, after some days; what the run's entry says may be changed. */
class Lived {
  readonly ledger = SoftwareLedger.found();
  readonly keyId: string;
  readonly #does: Deed;

  constructor(does: Deed, more: { unusedSec?: number } = {}) {
    this.#does = does;
    const { domain } = this.ledger;
    const [keyId = ""] = applyByAll(
      this.ledger,
      domain.propose({ act: "key.create", args: { items: [PLAIN_KEY] } }),
    ).ids;
    this.keyId = keyId;
    const target = { kind: "key", keyId, label: PLAIN_KEY.label, group: PLAIN_KEY.group } as const;
    applyByAll(this.ledger, domain.propose({ act: "schedule.set", args: { does, everySec: DAY, ...more }, target }));
  }

  get state(): KeyStateDocument {
    return this.ledger.states.get(this.keyId) as KeyStateDocument;
  }

  run(afterSec: number, kind: Leaf["kind"], change: Change = () => ({})): this {
    const { domain, log, states } = this.ledger;
    domain.clock.advance(afterSec);
    const now = domain.clock.now();
    const before = this.state;
    const schedule = before.schedules?.[0];
    if (schedule === undefined) throw new RangeError("the key has no schedule");
    const due = runDueAt(schedule, now) ?? { n: 1, missed: 0 };
    const ran = ranSchedule(before, this.#does, now);
    const run = {
      kind,
      n: due.n,
      missed: due.missed,
      state: kind === "schedule.run" ? { ...before, schedules: ran.schedules } : ran,
    };
    const {
      n,
      missed,
      state,
      id = schedule.id,
      kind: called,
    } = { ...run, ...change(run) } as typeof run & { id?: string };
    log.append({
      ...{ kind: called, subject: this.keyId, pre: stateHash(encodeState(before)), state, data: { missed } },
      actor: { kind: "schedule", id },
      cause: { kind: "schedule", id, n },
    });
    states.set(this.keyId, state);
    return this;
  }

  async verdict(): Promise<string> {
    const bundle = await new SoftwareReporter(this.ledger).bundle();
    return verifyBundle(bundle).then(
      () => "holds",
      (error: Error) => error.message.replace(/^Entry \d+[^:]*?(?:\((?:[a-z.]+)\) |: k_[a-z2-7]+: )/, ""),
    );
  }
}

const rotating = () => new Lived("rotate");

describe("a run of a schedule holds", () => {
  test("when it was approved and due, however often, and says what was missed", async () => {
    await expect(
      rotating()
        .run(DAY, "key.rotate")
        .run(DAY, "key.rotate")
        .run(5 * DAY, "key.rotate")
        .verdict(),
    ).resolves.toBe("holds");
  });

  test("as a reminder that changes nothing, also where the schedule would rotate", async () => {
    await expect(new Lived("notify").run(DAY, "schedule.run").verdict()).resolves.toBe("holds");
    await expect(rotating().run(DAY, "schedule.run").verdict()).resolves.toBe("holds");
  });
});

describe("a run of a schedule is refused", () => {
  test("a second before its time", async () => {
    await expect(
      rotating()
        .run(DAY - 1, "key.rotate")
        .verdict(),
    ).resolves.toBe("was done before its time.");
  });

  test("by a schedule that nobody approved, or of an act that its schedule does not do", async () => {
    const stranger = () => ({ id: "s_aaaaaaaaaaaaaaaaaaaaaaaaaa" });
    await expect(rotating().run(DAY, "key.rotate", stranger).verdict()).resolves.toBe(
      "is by a schedule that nobody approved.",
    );
    const retired = new Lived("notify").run(DAY, "key.deactivate", ({ state }) => ({
      state: {
        ...state,
        state: "deactivated",
        versions: state.versions.map((each) => ({ ...each, state: "deactivated" as const })),
        dates: { ...state.dates, deactivated: state.dates.created + DAY },
      },
    }));
    await expect(retired.verdict()).resolves.toBe("is not what its schedule does, which is to notify.");
  });

  test("miscounted, in number or in what was missed", async () => {
    await expect(
      rotating()
        .run(DAY, "key.rotate", () => ({ n: 2 }))
        .verdict(),
    ).resolves.toBe("is miscounted.");
    await expect(
      rotating()
        .run(3 * DAY, "key.rotate", () => ({ missed: 1 }))
        .verdict(),
    ).resolves.toBe("is miscounted.");
  });

  test("that makes its schedule another one", async () => {
    const hastened: Change = ({ state }) => ({
      state: { ...state, schedules: state.schedules?.map((each) => ({ ...each, everySec: 60 })) ?? [] },
    });
    await expect(rotating().run(DAY, "key.rotate", hastened).verdict()).resolves.toBe(
      "left its schedule otherwise than a run does.",
    );
  });

  test("that rotates a key whose material a client took", async () => {
    const lived = rotating();
    lived.ledger.log.append({ kind: "release", subject: lived.keyId, data: {} });
    await expect(lived.run(DAY, "key.rotate").verdict()).resolves.toBe("was done to a key that clients made or hold.");
    const told = rotating();
    told.ledger.log.append({ kind: "release", subject: told.keyId, data: {} });
    await expect(told.run(DAY, "schedule.run").verdict()).resolves.toBe("holds");
  });

  test("after it was ended", async () => {
    const lived = rotating();
    const { domain } = lived.ledger;
    const target = { kind: "key", keyId: lived.keyId, label: PLAIN_KEY.label, group: PLAIN_KEY.group } as const;
    const { schedules } = lived.state;
    applyByAll(lived.ledger, domain.propose({ act: "schedule.clear", args: { does: "rotate" }, target }));
    lived.ledger.states.set(lived.keyId, { ...lived.state, schedules });
    await expect(lived.run(DAY, "key.rotate").verdict()).resolves.toMatch(/does not follow from the state before/);
  });
});
