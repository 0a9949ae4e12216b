import { expect, test } from "vitest";
import type { FaultPointName } from "../../../lifecycle/fault-point-names.ts";
import type { Step } from "./history.ts";
import { foundModelDomain } from "./model-domain.ts";
import { playHistory } from "./play.ts";
import { playSeeds } from "./play-seeds.ts";

const HISTORIES = 2000;
const LONGEST = 5;

/** Histories in which the agent once was not as the model says. */
const FOUND: readonly (readonly [string, readonly Step[]])[] = [
  [
    "a clock turned back behind an entry of the same run is seen",
    [create(null), { do: "pass", seconds: 3600 }, create(null), { do: "turn", seconds: -360_000 }],
  ],
  [
    "what was durable when the power went is under a checkpoint once the agent has started: an older store is seen",
    [create(null), { do: "snapshot" }, create("executor:committed"), { do: "rollback", snapshot: 0, order: 0 }],
  ],
];

function create(cut: FaultPointName | null): Step {
  const signs = [{ hand: 0, how: "approves" }] as const;
  return { do: "order", act: "key.create", on: 0, pick: 0, flaw: "none", signs, sent: true, cut };
}

test.each(FOUND)("%s", async (_, steps) => {
  const domain = await foundModelDomain();
  try {
    expect((await playHistory(domain, steps)).differences).toEqual([]);
  } finally {
    domain.remove();
  }
});

test(`row 120: after ${HISTORIES} random histories of commands, links, loss, doubling, disorder, restores, clock steps and crashes the agent is as the model says`, async () => {
  const domain = await foundModelDomain();
  try {
    const first = Math.floor(Math.random() * 0x7fffffff);
    const seeds = Array.from({ length: HISTORIES }, (_, at) => first + at);
    const { failures, histories, tally } = await playSeeds(domain, seeds, LONGEST);
    expect(failures).toEqual([]);
    expect(histories).toBe(HISTORIES);
    for (const happened of ["applied", "scheduled", "cancelled E_CANCELLED", "restored", "rolled back", "restart"])
      expect(tally.get(happened), happened).toBeGreaterThan(0);
  } finally {
    domain.remove();
  }
}, 300_000);
