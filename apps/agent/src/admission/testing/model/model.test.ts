import { afterAll, beforeAll, expect, test } from "vitest";
import type { FaultPointName } from "../../../lifecycle/fault-point-names.ts";
import { type KeySign, STEPS, type Step } from "./history.ts";
import { foundModelDomain, type ModelDomain } from "./model-domain.ts";
import { playHistory } from "./play.ts";
import { playSeeds } from "./play-seeds.ts";
import { ACTS } from "./random-step.ts";

const HISTORIES = 2000;
const LONGEST = 3;
/** As long as a recovery waits, and some looks more. */
const THREE_DAYS = 73 * 3600;
const PAPER: KeySign = { key: 0, how: "signs" };
const SAFE: KeySign = { key: 1, how: "signs" };

/** Histories in which the agent once was not as the model says. */
const FOUND: readonly (readonly [string, readonly Step[]])[] = [
  [
    "a clock turned back behind an entry of the same run is seen",
    [create(null), { do: "pass", seconds: 3600 }, create(null), { do: "turn", seconds: -360_000 }],
  ],
  [
    "what was durable when the power went is under a checkpoint once the agent has started: an older store is seen",
    [
      create(null),
      { do: "snapshot" },
      create("executor:committed"),
      { do: "rollback", snapshot: 0, order: 0, loss: null },
    ],
  ],
];

/** Histories that go on for days, whose end chance alone would seldom bring about. */
const LONG: readonly (readonly [string, readonly Step[], readonly string[]])[] = [
  [
    "a recovery that every key came to sign is in force after its delay, whoever objects, and through a restart",
    [
      ...[create(null), link("recover", [PAPER]), signedBy(0, [SAFE]), objected(0), { do: "restart" } as const],
      ...[{ do: "wait", seconds: THREE_DAYS } as const, link("recover", [PAPER]), create(null)],
    ],
    ["scheduled", "signed", "in force", "scheduled"],
  ],
  [
    "a recovery that one key signed is stopped once at its place, and not a second time",
    [
      ...[create(null), link("recover", [PAPER]), objected(0), { do: "pass", seconds: 120 } as const],
      ...[link("recover", [SAFE], 1), objected(1), { do: "wait", seconds: THREE_DAYS } as const, create(null)],
    ],
    ["scheduled", "cancelled", "scheduled", "in force"],
  ],
  [
    "other rules of recovery wait as long as one, a recovery takes their place, and a present key stops them",
    [
      ...[create(null), link("keys", []), link("recover", [PAPER]), objected(1), link("keys", [], 1)],
      ...[signedBy(2, [{ key: 0, how: "objects" }], true), link("keys", [], 2)],
      ...[{ do: "wait", seconds: THREE_DAYS } as const, link("recover", [PAPER]), create(null)],
    ],
    [
      ...["scheduled", "scheduled", "refused", "cancelled", "scheduled", "cancelled", "scheduled"],
      ...["in force", "scheduled"],
    ],
  ],
  [
    "a recovery key that a change takes away neither stops it nor ends it by a recovery; the one that stays does",
    [
      ...[create(null), link("keys", [], 1), signedBy(0, [{ key: 1, how: "objects" }], true)],
      ...[link("recover", [SAFE]), signedBy(0, [{ key: 1, how: "objects" }], true), signedBy(1, [PAPER]), create(null)],
    ],
    ["scheduled", "scheduled", "refused"],
  ],
];

function create(cut: FaultPointName | null): Step {
  const signs = [{ hand: 0, how: "approves" }] as const;
  return { do: "order", act: "key.create", on: 0, pick: 0, flaw: "none", signs, sent: true, cut };
}

/** What both people order of the key. */
function byBoth(act: "key.deactivate" | "key.destroy" | "schedule.set" | "schedule.clear"): Step {
  const signs = [0, 2].map((hand) => ({ hand, how: "approves" as const }));
  return { do: "order", act, on: 0, pick: 0, flaw: "none", signs, sent: true, cut: null };
}

/** A link that both people approve, or recovery keys sign. */
function link(kind: "recover" | "keys", keys: readonly KeySign[], pick = 0): Step {
  const signs = [0, 2].map((hand) => ({ hand, how: "approves" as const }));
  return { do: "link", kind, pick, signs, keys, crossed: false, sent: true };
}

function signedBy(at: number, keys: readonly KeySign[], crossed = false): Step {
  return { do: "link again", link: at, kept: false, signs: [], keys, crossed };
}

function objected(at: number): Step {
  return { do: "link again", link: at, kept: false, signs: [{ hand: 2, how: "rejects" }], keys: [], crossed: true };
}

let domain: ModelDomain;
beforeAll(async () => {
  domain = await foundModelDomain();
}, 60_000);
afterAll(() => domain?.remove());

test.each(FOUND)(
  "%s",
  async (_, steps) => {
    expect((await playHistory(domain, steps)).differences).toEqual([]);
  },
  60_000,
);

test.each(LONG)(
  "%s",
  async (_, steps, happened) => {
    const { differences, links } = await playHistory(domain, steps);
    expect(differences).toEqual([]);
    expect(links.map((kind) => (kind === "roster" ? "in force" : kind.slice("roster.".length)))).toEqual(happened);
  },
  120_000,
);

test("a destruction that waits is ended by one person's no, and what is brought again stays ended", async () => {
  const no = { do: "again", order: 2, kept: "all", signs: [{ hand: 2, how: "rejects" }], cut: null } as const;
  const yes = { ...no, signs: [{ hand: 0, how: "approves" }] } as const;
  const history = [create(null), byBoth("key.deactivate"), byBoth("key.destroy"), no, yes, create(null)];
  const { differences, tally } = await playHistory(domain, history);
  expect(differences).toEqual([]);
  expect(["scheduled", "cancelled E_CANCELLED"].map((what) => tally.get(what))).toEqual([1, 2]);
}, 60_000);

test("a schedule that is there is ended once; one that is not there is not ended", async () => {
  const acts = ["schedule.clear", "schedule.set", "schedule.clear", "schedule.clear"] as const;
  const { differences, tally } = await playHistory(domain, [create(null), ...acts.map(byBoth)]);
  expect(differences).toEqual([]);
  const counted = ["schedule.set: applied", "schedule.clear: applied", "schedule.clear: refused"];
  expect(counted.map((what) => tally.get(what))).toEqual([1, 1, 2]);
}, 60_000);

const EVENTS = [
  "restored",
  "rolled back",
  "went on from an older store",
  "recovery scheduled",
  "recovery scheduled E_DELAY",
];
const REFUSED = ["recovery refused E_VETO", "enrolment refused E_PERMIT", "enrolment refused E_PERMIT_OVER"];
const TAKEN = ["enrolment let in", "sealed keys received", "sealed keys refused E_ARGS"];
/** Every key is made active, a destroy waits, and chance seldom ends a schedule that it has set. */
const ENDS: Readonly<Record<string, string>> = {
  ...{ "key.activate": "refused", "key.destroy": "scheduled", "schedule.clear": "refused" },
};

test(`row 120: after ${HISTORIES} random histories of commands, links, permits, imports, loss, doubling, disorder, restores, clock steps and crashes the agent is as the model says`, async () => {
  const first = Math.floor(Math.random() * 0x7fffffff);
  const seeds = Array.from({ length: HISTORIES }, (_, at) => first + at);
  const { failures, histories, tally } = await playSeeds(domain, seeds, LONGEST);
  expect(failures).toEqual([]);
  expect(histories).toBe(HISTORIES);
  const acts = [...new Set(ACTS)].map((act) => `${act}: ${ENDS[act] ?? "applied"}`);
  const refused = ["client.permit", "client.update", "client.revoke", "import.commit", "key.create"];
  // A wait takes thousands of looks, and so is rare here: the histories above have it.
  const steps = STEPS.filter((each) => each !== "wait");
  const counted = [...steps.map((each) => `step: ${each}`), ...acts, ...refused.map((act) => `${act}: refused`)];
  const never = [...counted, ...EVENTS, ...REFUSED, ...TAKEN].filter((what) => tally.get(what) === undefined);
  expect(never).toEqual([]);
}, 600_000);
