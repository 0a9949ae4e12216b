import { verifyBundle } from "@holdfast/custody-report";
import { FakeClock } from "@holdfast/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Domain } from "../domain.ts";
import type { KeyRecord } from "../keystore/records.ts";
import type { Caller } from "../operations/caller.ts";
import { callerWith } from "../operations/testing/caller-with.ts";
import { openTestDomain, type TestDomain } from "../operations/testing/open-test-domain.ts";
import { makeReport } from "../report/make-report.ts";

const DAY = 86_400;
let clock: FakeClock;
let domain: TestDomain;

beforeEach(async () => {
  clock = new FakeClock();
  domain = await openTestDomain({ clock });
});
afterEach(() => domain.close());

/** Sets a schedule on a key as its administrators would. */
async function set(key: KeyRecord, args: object, act = "schedule.set"): Promise<string | undefined> {
  const answer = await domain.admission.act({ act, key: key.id, args: { ...args }, reason: "", wait: false });
  return answer.code;
}

const keyNow = ({ id }: KeyRecord): KeyRecord => domain.keystore.findKey(id) as KeyRecord;
const entriesOf = ({ id }: KeyRecord) =>
  domain.log
    .entries(0, 500)
    .map(({ leaf }) => JSON.parse(Buffer.from(leaf, "base64url").toString()))
    .filter(({ subject }) => subject === id);
const lastOf = (key: KeyRecord) => entriesOf(key).at(-1);

async function pass(seconds: number): Promise<void> {
  clock.advance(seconds);
  await domain.scheduler.tick();
}

describe("a schedule", () => {
  test("rotates at its second and not one before, and says that it was the schedule", async () => {
    const key = domain.createKey();
    expect(await set(key, { does: "rotate", everySec: DAY })).toBeUndefined();
    await pass(DAY - 1);
    expect(keyNow(key).current).toBe(1);
    await pass(1);
    expect(keyNow(key).current).toBe(2);
    const id = keyNow(key).schedules[0]?.id;
    expect(lastOf(key)).toMatchObject({
      kind: "key.rotate",
      actor: { kind: "schedule", id },
      cause: { kind: "schedule", id, n: 1 },
      data: { missed: 0 },
    });
  });

  test("makes up for what it missed once, says how many, and is in step again", async () => {
    const key = domain.createKey();
    await set(key, { does: "rotate", everySec: DAY });
    await pass(10 * DAY + 5);
    await pass(0);
    expect(keyNow(key).current).toBe(2);
    expect(lastOf(key)).toMatchObject({ cause: { n: 1 }, data: { missed: 9 } });
    await pass(DAY - 5);
    expect(keyNow(key).current).toBe(3);
    expect(lastOf(key)).toMatchObject({ cause: { n: 2 }, data: { missed: 0 } });
  });

  test("retires a key once nobody has used it for as long as was approved, and not before", async () => {
    const key = domain.createKey();
    const caller = await callerWith(domain, { ops: ["encrypt"], keys: { kind: "all" } });
    await set(key, { does: "deactivate", everySec: DAY, unusedSec: 3 * DAY });
    await pass(2 * DAY - 60);
    domain.operations.encrypt(caller, { name: key.id }, { plaintext: new Uint8Array(1) });
    await pass(60);
    await pass(2 * DAY);
    expect([keyNow(key).state, lastOf(key).data.outcome]).toEqual(["active", "in-use"]);
    await pass(DAY);
    expect(keyNow(key).state).toBe("deactivated");
  });

  test("is replaced by another of its kind, and ended by one person at once", async () => {
    const key = domain.createKey();
    await set(key, { does: "rotate", everySec: DAY });
    await set(key, { does: "rotate", everySec: 9 * DAY });
    await set(key, { does: "notify", everySec: 5 * DAY });
    expect(keyNow(key).schedules.map(({ does, everySec }) => [does, everySec])).toEqual([
      ["notify", 5 * DAY],
      ["rotate", 9 * DAY],
    ]);
    await set(key, { does: "rotate" }, "schedule.clear");
    await pass(30 * DAY);
    expect([keyNow(key).current, lastOf(key).data]).toEqual([1, { missed: 5, outcome: "due" }]);
  });

  test("that is not there is not ended: the refusal says which there are, and the key's log has no end of one", async () => {
    const key = domain.createKey({ label: "planned" });
    const clear = () =>
      domain.admission.act({ act: "schedule.clear", key: key.id, args: { does: "notify" }, reason: "", wait: false });
    expect(await clear()).toMatchObject({
      outcome: "refused",
      code: "E_PRESTATE",
      what: expect.stringContaining("none at all"),
    });
    expect(entriesOf(key).map(({ kind }) => kind)).toEqual(["key.create"]);
    await set(key, { does: "rotate", everySec: DAY });
    const entries = entriesOf(key).length;
    expect(await clear()).toMatchObject({
      ...{ outcome: "refused", code: "E_PRESTATE" },
      ...{ what: "planned has no schedule that does notify; it has: rotate.", next: expect.stringContaining("list") },
    });
    expect(entriesOf(key)).toHaveLength(entries);
  });

  test("never begins in the past, and rotates nothing that has no versions", async () => {
    expect(await set(domain.createKey(), { does: "rotate", everySec: DAY, first: clock.now() - 1 })).toBe("E_ARGS");
    domain.apply("key.create", {
      items: [{ label: "s", algorithm: "Ed25519", usage: ["sign", "verify"], group: "default", extractable: false }],
    });
    const pair = [...domain.keystore.keys()].find(({ type }) => type === "private-key") as KeyRecord;
    expect(await set(pair, { does: "rotate", everySec: DAY })).toBe("E_PRESTATE");
  });

  test("waits while changes are locked, while the clock is not believed, and while the key is suspended", async () => {
    const key = domain.createKey();
    await set(key, { does: "rotate", everySec: DAY });
    domain.apply("domain.lock", {});
    await pass(DAY);
    domain.apply("domain.unlock", {});
    domain.keyTo(key.id, "key.suspend");
    await pass(0);
    domain.keyTo(key.id, "key.resume");
    clock.setWall(clock.now() + 500);
    await domain.scheduler.tick();
    expect(keyNow(key).current).toBe(1);
    clock.setWall(clock.now() - 500);
    await domain.scheduler.tick();
    expect(keyNow(key).current).toBe(2);
  });

  test("runs once, whoever claims it: an agent that read the key before another run writes nothing", async () => {
    const key = domain.createKey();
    await set(key, { does: "rotate", everySec: DAY });
    const stale = keyNow(key);
    await pass(DAY);
    domain.keystore.replaceKey(stale);
    const before = domain.log.size;
    await domain.scheduler.tick();
    expect([domain.log.size, keyNow(key).current]).toEqual([before, 1]);
  });

  test("is gone with its key", async () => {
    const key = domain.createKey();
    await set(key, { does: "notify", everySec: DAY });
    domain.keyTo(key.id, "key.deactivate", "key.destroy");
    expect(keyNow(key).schedules).toEqual([]);
  });
});

describe("a key that a client made or holds", () => {
  async function held(): Promise<{ key: KeyRecord; caller: Caller }> {
    const caller = await callerWith(domain, { ops: ["create", "get", "encrypt"], keys: { kind: "own" } });
    const { keyId } = domain.operations.createKey(caller, {
      ...{ label: "db", algorithm: "AES-256", usage: ["encrypt", "decrypt"], group: "default", extractable: true },
    });
    const key = domain.keystore.findKey(keyId) as KeyRecord;
    return { key, caller };
  }

  test("is put under no schedule that rotates or retires it, but may be reminded of", async () => {
    const { key } = await held();
    expect(await set(key, { does: "rotate", everySec: DAY })).toBe("E_KEY_HELD");
    expect(await set(key, { does: "deactivate", everySec: DAY })).toBe("E_KEY_HELD");
    expect(await set(key, { does: "notify", everySec: DAY })).toBeUndefined();
  });

  test("is not rotated by the schedule that it had before its material left: people are told", async () => {
    domain.apply("key.create", {
      items: [{ label: "o", algorithm: "AES-256", usage: ["encrypt"], group: "default", extractable: true }],
    });
    const key = [...domain.keystore.keys()].at(-1) as KeyRecord;
    await set(key, { does: "rotate", everySec: DAY });
    const caller = await callerWith(domain, { ops: ["get"], keys: { kind: "all" } });
    await domain.operations.getMaterial(caller, { name: key.id });
    await pass(DAY);
    expect([keyNow(key).current, lastOf(key).kind, lastOf(key).data.outcome]).toEqual([1, "schedule.run", "held"]);
  });
});

test("a report of all that verifies offline, with every run judged again", async () => {
  const item = { label: "orders", algorithm: "AES-256", usage: ["encrypt"], group: "default", extractable: false };
  const periods = { originatorSec: DAY, recipientSec: 3 * DAY };
  const args = { items: [{ ...item, ...periods }] };
  await domain.admission.act({ act: "key.create", args, reason: "", wait: false });
  const [key] = [...domain.keystore.keys()] as [KeyRecord];
  await set(key, { does: "rotate", everySec: DAY });
  await set(key, { does: "notify", everySec: 2 * DAY });
  await set(key, { does: "deactivate", everySec: 9 * DAY, unusedSec: 8 * DAY });
  for (let day = 0; day < 9; day += 1) await pass(DAY);
  await set(key, { does: "deactivate" }, "schedule.clear");
  const { files } = await makeReport(domain as Domain);
  const bundle = files.find(({ name }) => name.endsWith(".json"));
  const verified = await verifyBundle(Buffer.from(bundle?.base64 ?? "", "base64"));
  expect(verified).toBeTruthy();
  expect(keyNow(key)).toMatchObject({ current: 9, state: "deactivated" });
});
