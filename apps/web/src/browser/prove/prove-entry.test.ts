import { decodeBase64url, encodeReceipt, parseLeaf, statesHash } from "@holdfast/protocol";
import { HostileControlPlane, livedLedger, type SoftwareLedger } from "@holdfast/testkit";
import { beforeEach, describe, expect, test } from "vitest";
import { entryAt, evidenceOf } from "../testing/ledger-evidence.ts";
import { MemoryStorage } from "../testing/memory-storage.ts";
import { proveEntry } from "./prove-entry.ts";
import { proveEnvironment, type Standing } from "./prove-environment.ts";

/** Entries of `livedLedger`: two keys by one command, a client, a rotation. */
const CREATED = 1;
const SECOND = 2;
const ENROLLED = 3;
const ROTATED = 4;

let ledger: SoftwareLedger;
let standing: Standing;
let hostile: HostileControlPlane;

beforeEach(async () => {
  ledger = livedLedger({ seed: "entries" });
  hostile = new HostileControlPlane(ledger.domain);
  const proved = await proveEnvironment("environment", evidenceOf(ledger), { storage: new MemoryStorage() });
  if (!proved) throw new TypeError("the ledger has no checkpoint");
  standing = proved;
});

/** Proves an entry while the server sends another one in its place. */
function proveWith(n: number, change: (entry: ReturnType<typeof entryAt>) => ReturnType<typeof entryAt>) {
  const { entries } = ledger.log;
  const entry = async (at: number) => (at === n ? change(entryAt(entries, at)) : entryAt(entries, at));
  return proveEntry(n, standing, evidenceOf(ledger, { entry }));
}

describe("an honest entry", () => {
  test("is proved with its names, its state and its receipt", async () => {
    const proved = await proveEntry(CREATED, standing, evidenceOf(ledger));
    expect(proved.names).toEqual({ label: "invoices" });
    expect(proved.state).toMatchObject({ kind: "key", state: "active", current: 1 });
    expect(proved.receipt).toMatchObject({ result: "applied", leaf: CREATED, count: 2 });
  });

  test("of a command over several objects has the receipt that travels beside the first", async () => {
    const proved = await proveEntry(SECOND, standing, evidenceOf(ledger));
    expect(proved.names).toEqual({ label: "archive" });
    expect(proved.receipt?.leaf).toBe(CREATED);
  });

  test("that no command caused has no receipt", async () => {
    expect(await proveEntry(0, standing, evidenceOf(ledger))).toMatchObject({ receipt: null, state: null });
    expect(await proveEntry(ledger.log.size - 1, standing, evidenceOf(ledger))).toMatchObject({ receipt: null });
  });
});

describe("a hostile server", () => {
  test("cannot send another entry than the one that was asked for", async () => {
    await expect(proveWith(ROTATED, () => entryAt(ledger.log.entries, ENROLLED))).rejects.toMatchObject({
      code: "P_LEAF",
    });
    await expect(
      proveWith(ROTATED, () => ({ ...entryAt(ledger.log.entries, ENROLLED), n: ROTATED })),
    ).rejects.toMatchObject({ code: "P_LEAF" });
  });

  test("cannot change what an entry says", async () => {
    await expect(
      proveWith(ROTATED, (entry) => hostile.alteredEntry(entry, (leaf) => ({ ...leaf, ts: leaf.ts + 1 }))),
    ).rejects.toMatchObject({ code: "V_INCLUSION" });
  });

  test("cannot leave an entry out and move the others up", async () => {
    const shortened = hostile.shortenedLog(ledger.log.entries, ENROLLED);
    await expect(
      proveEntry(ENROLLED, standing, evidenceOf(ledger, { entry: async (n) => entryAt(shortened, n) })),
    ).rejects.toMatchObject({ code: "V_INCLUSION" });
  });

  test("cannot open an entry to another name", async () => {
    await expect(proveWith(CREATED, (entry) => hostile.misnamedEntry(entry, "payroll"))).rejects.toMatchObject({
      code: "P_NAME",
    });
  });

  test("row 61: cannot show another state, not even one that the same key once had", async () => {
    const rotated = entryAt(ledger.log.entries, ROTATED).state;
    await expect(
      proveWith(CREATED, (entry) => ({ ...entry, ...(rotated ? { state: rotated } : {}) })),
    ).rejects.toMatchObject({ code: "P_STATE" });
  });

  test("cannot show an entry of another environment under an honest proof", async () => {
    const other = livedLedger({ seed: "other entries" });
    const theirs = await proveEnvironment("other", evidenceOf(other), { storage: new MemoryStorage() });
    const mixed = { tid: standing.tid, chain: standing.chain, head: theirs?.head ?? standing.head };
    await expect(proveEntry(CREATED, mixed, evidenceOf(other))).rejects.toMatchObject({ code: "P_LEAF" });
  });

  test("cannot leave the receipt of a change out", async () => {
    await expect(proveWith(ROTATED, ({ receipt: _, ...entry }) => entry)).rejects.toMatchObject({ code: "P_RECEIPT" });
  });

  test("cannot put the receipt of another command in its place", async () => {
    const { receipt } = entryAt(ledger.log.entries, ENROLLED);
    await expect(proveWith(ROTATED, (entry) => ({ ...entry, ...(receipt ? { receipt } : {}) }))).rejects.toMatchObject({
      code: "P_RECEIPT",
    });
  });

  test("row 62: cannot sign a receipt itself, nor change one", async () => {
    const signed = entryAt(ledger.log.entries, ROTATED).receipt;
    if (!signed) throw new TypeError("a rotation has a receipt");
    for (const receipt of [
      hostile.forgedReceipt(signed),
      hostile.alteredReceipt(signed, (given) => ({ ...given, ts: given.ts + 1 })),
    ]) {
      await expect(proveWith(ROTATED, (entry) => ({ ...entry, receipt }))).rejects.toMatchObject({
        code: "P_RECEIPT_SIG",
      });
    }
  });

  test("cannot put other approvals beside a receipt", async () => {
    const { envelope } = entryAt(ledger.log.entries, ENROLLED);
    await expect(
      proveWith(ROTATED, (entry) => ({ ...entry, ...(envelope ? { envelope } : {}) })),
    ).rejects.toMatchObject({ code: "P_RECEIPT" });
  });

  test.each([
    ["another state", { post: statesHash([]) }],
    ["a place of its own", { leaf: ROTATED + 1 }],
    ["another roster", { roster: { seq: 3, hash: statesHash([]) } }],
    ["fewer entries than it wrote", { count: 0 }],
  ])("with a stolen key server key cannot say %s than the log", async (_, lie) => {
    const { agent } = ledger.domain;
    const honest = (await proveEntry(ROTATED, standing, evidenceOf(ledger))).receipt;
    if (!honest) throw new TypeError("a rotation has a receipt");
    const receipt = agent.sign("receipt", "receipt", encodeReceipt({ ...honest, ...lie }));
    await expect(proveWith(ROTATED, (entry) => ({ ...entry, receipt }))).rejects.toMatchObject({ code: "P_RECEIPT" });
  });
});

test("the ledger of these tests is the one they name entries of", () => {
  const kinds = [CREATED, SECOND, ENROLLED, ROTATED].map((n) => {
    return parseLeaf(decodeBase64url(entryAt(ledger.log.entries, n).leaf)).kind;
  });
  expect(kinds).toEqual(["key.create", "key.create", "client.enrol", "key.rotate"]);
});
