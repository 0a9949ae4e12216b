import { type EscrowPlan, encodeBase64url, encodeLeaf, type Leaf } from "@holdfast/protocol";
import { livedLedger, softwareIntroduction } from "@holdfast/testkit";
import { expect, test } from "vitest";
import {
  isForPresent,
  newestPlan,
  readBackups,
  readCustodians,
  readDrills,
  readProofs,
  usualNeed,
} from "./escrow-facts.ts";

const domain = livedLedger().domain;
const [MARIA, JONAS] = ["a", "b"].map((letter) => letter.repeat(26)) as [string, string];
const BACKUP = `${"B".repeat(42)}A`;
const DRILL = `${"C".repeat(42)}A`;

function entry(n: number, kind: Leaf["kind"], data: Leaf["data"], cmd?: string) {
  const leaf = encodeLeaf({
    ...{ typ: "leaf", ver: 1, tid: domain.tid, aid: domain.agent.aid, n, ts: 1_800_000_000 + n, kind },
    subject: domain.tid,
    actor: { kind: "agent" },
    cause: cmd === undefined ? { kind: "host" } : { kind: "command", hash: cmd },
    ...(data === undefined ? {} : { data }),
  });
  return { n, leaf: encodeBase64url(leaf) };
}

const plan = (...seats: string[]): EscrowPlan => ({
  ...{ k: 2, recoveryFile: false },
  custodians: seats.map((seat) => ({ seat, label: seat, routes: [] })),
});

test("a backup tells who opens it, and one that was sealed for others is told apart", () => {
  const data = (seats: string[], k: number) => ({ to: ["disk"], keys: 3, size: 9, escrow: { hash: BACKUP, k, seats } });
  const [present, fewer, before, plain] = readBackups([
    entry(9, "backup", data([JONAS, MARIA], 2)),
    entry(8, "backup", data([MARIA, JONAS], 1)),
    entry(7, "backup", data([MARIA], 2)),
    entry(6, "backup", { keys: 1, size: 2 }),
    entry(5, "restore", {}),
  ]);
  const now = plan(MARIA, JONAS);
  expect([present, fewer, before, plain].map((each) => each && isForPresent(each, now))).toEqual([
    true,
    false,
    false,
    false,
  ]);
  expect(plain && [plain.to, isForPresent(plain, null)]).toEqual([null, true]);
  expect(present).toMatchObject({ to: ["disk"], keys: 3, escrow: { hash: BACKUP, k: 2 } });
});

test("a drill has the proofs that were given in it, and none of another's", () => {
  const proof = (seat: string, cmd: string) => ({ backup: BACKUP, cmd, seat, nonce: "n", answer: "a" });
  const proofs = readProofs([
    entry(13, "drill", proof(JONAS, DRILL)),
    entry(12, "drill", proof(MARIA, DRILL)),
    entry(4, "drill", proof(MARIA, `${"D".repeat(42)}A`)),
  ]);
  const [drill] = readDrills([entry(11, "escrow.drill", undefined, DRILL)], proofs);
  expect(drill).toMatchObject({ cmd: DRILL, n: 11 });
  expect(drill?.proofs.map(({ seat, n }) => [seat, n])).toEqual([
    [JONAS, 13],
    [MARIA, 12],
  ]);
});

test("what is not what it says is shown as nothing", () => {
  const { doc, hash } = softwareIntroduction(domain, "custodian");
  expect(readCustodians([{ doc, hash }]).map((one) => one.hash)).toEqual([hash]);
  const other = softwareIntroduction(domain, "administrator");
  expect(readCustodians([other, { doc, hash: BACKUP }, { doc: "!", hash }])).toEqual([]);
  expect(readProofs([entry(1, "drill", { seat: 5 }), { leaf: "AAAA" }])).toEqual([]);
  const unproved = {
    ...entry(2, "escrow.enrol", undefined, DRILL),
    state: encodeBase64url(new TextEncoder().encode("{}")),
  };
  expect(newestPlan(unproved as never)).toEqual({ plan: null, entry: 2, fits: false });
  expect(newestPlan(null)).toEqual({ plan: null, entry: null, fits: true });
});

test("more than half are needed unless somebody says otherwise", () => {
  expect([1, 2, 3, 4, 5].map(usualNeed)).toEqual([1, 2, 2, 3, 3]);
});
