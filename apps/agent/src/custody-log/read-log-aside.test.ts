import { afterEach, beforeEach, expect, test } from "vitest";
import { openTestDomain, type TestDomain } from "../operations/testing/open-test-domain.ts";
import { readLogAside } from "./read-log-aside.ts";

let domain: TestDomain;
beforeEach(async () => {
  domain = await openTestDomain();
});
afterEach(() => domain.close());

const read = (many: number) => {
  const { store, keys, tid, log } = domain;
  const storedHead = { size: log.size, root: Buffer.from(log.root(), "base64url") };
  return readLogAside(store, { tid, alk: keys.alk.publicKey.raw, storedHead, checkpoint: log.noteAt(log.size) }, many);
};

test("a long log is read in a thread of its own, and says what it says here", async () => {
  const key = domain.createKey();
  const client = await domain.enrol("app", [{ ops: ["all"], keys: { kind: "own" } }]);
  domain.executor.recordUse([
    { keyId: key.id, clientId: client.id, minute: 1, ops: { encrypt: 3 }, bytes: 9, root: "A".repeat(43) },
  ]);
  const [here, aside] = [await read(Number.POSITIVE_INFINITY), await read(0)];
  expect(aside.index.pack()).toEqual(here.index.pack());
  expect([aside.problem, aside.head.size]).toEqual([null, domain.log.size]);
  expect(Buffer.from(aside.head.root).equals(Buffer.from(here.head.root))).toBe(true);
  expect([...aside.index.named("k_")]).toEqual([key.id]);
  expect(aside.index.encryptions(key.id)).toBe(3);
});

test("a changed entry is found in that thread too", async () => {
  domain.createKey();
  domain.store.database.exec("UPDATE leaf SET bytes = zeroblob(40) WHERE n = 1");
  expect((await read(0)).problem).toBe("E_LOG_CORRUPT");
});
