import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FakeClock } from "@holdfast/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Agent } from "../agent.ts";
import { FailingDisk } from "../keystore/sqlite/testing/failing-disk.ts";
import { openTestDomain, type TestDomain } from "../operations/testing/open-test-domain.ts";
import { systemClock } from "../self-check/clock.ts";

const silent = { info() {}, warn() {}, error() {} };
const REFUSED = expect.objectContaining({
  code: "E_STORE",
  message: expect.not.stringContaining("nothing was changed"),
});

let domain: TestDomain;
let disk: FailingDisk;
let folder: string;
let clock: FakeClock;
let get: () => Promise<number>;
let create: () => Promise<string>;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-disk-"));
  clock = new FakeClock(systemClock.now());
  domain = await openTestDomain({ clock });
  const { operations, keystore } = domain;
  const client = await domain.enrol("app", [{ ops: ["all", "get"], keys: { kind: "own" } }]);
  const caller = { client: keystore.findClient(client.id) ?? expect.unreachable(), from: "127.0.0.1" };
  create = async () => {
    const made = await operations.createObject(caller, { algorithm: "AES-256", usage: ["encrypt"], extractable: true });
    return made.id;
  };
  const id = await create();
  get = async () => (await operations.getMaterial(caller, { name: id })).material.length;
  await get(); // the first one changes the object
  disk = new FailingDisk(join(domain.dataDirectory, "agent.db"));
});
afterEach(async () => {
  disk.mend();
  await domain.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The state that a start finds after a power cut at this moment. */
async function afterPowerCut(id?: string): Promise<{ problem: string | null; size: number; has: boolean }> {
  const data = join(folder, "data");
  disk.cut(domain.dataDirectory, data);
  disk.mend();
  const agent = await Agent.open({ dataDirectory: data, pageOrigin: null, logger: silent, clock });
  try {
    const { problem, log, keystore } = agent.domain ?? expect.unreachable();
    return { problem, size: log.size, has: id !== undefined && keystore.findKey(id) !== null };
  } finally {
    await agent.close();
  }
}

test("what is answered after one failure of the disk is there after a power cut, and the failed release too", async () => {
  disk.fail(1);
  expect(await get()).toBe(32); // written again, and then answered
  for (let n = 0; n < 3; n += 1) await get();
  const id = await create();
  domain.executor.checkpoint();
  const { size } = domain.log;
  const found = await afterPowerCut(id);
  expect(found).toMatchObject({ problem: null, has: true });
  expect(found.size).toBeGreaterThanOrEqual(size);
});

test("while the disk takes nothing, nothing is answered, changed or signed; once it does, all goes on in order", async () => {
  const { log, executor } = domain;
  const before = log.size;
  disk.fail(1_000);
  await expect(get()).rejects.toEqual(REFUSED);
  await expect(get()).rejects.toEqual(REFUSED);
  await expect(create()).rejects.toEqual(REFUSED);
  expect(() => executor.lockByHost()).toThrow(REFUSED);
  executor.checkpoint();
  expect([log.size, log.checkpoint().split("\n")[1]]).toEqual([before, `${before}`]);
  expect(domain.store.disk).toMatchObject({ doubtfulSince: clock.now() });
  disk.fail(0);
  clock.advance(1);
  const id = await create();
  expect(domain.store.disk).toMatchObject({ doubtfulSince: null });
  expect(log.size).toBe(before + 2); // the one release that was written and refused, and the key
  expect(await get()).toBe(32);
  expect(await afterPowerCut(id)).toMatchObject({ problem: null, has: true });
});

test("a power cut while the disk takes nothing is no rollback: nobody was told of what is gone", async () => {
  const before = domain.log.size;
  disk.fail(1_000);
  await expect(get()).rejects.toEqual(REFUSED);
  await expect(create()).rejects.toEqual(REFUSED);
  domain.executor.checkpoint();
  domain.agent.seal();
  expect(domain.agent.sealed).toBe(true);
  const found = await afterPowerCut();
  expect(found.problem).toBeNull();
  expect(found.size).toBeGreaterThanOrEqual(before);
});
