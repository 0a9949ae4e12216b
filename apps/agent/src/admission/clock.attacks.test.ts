import { verifyReport } from "@holdfast/custody-report";
import { parseLeaf, wordsOf } from "@holdfast/protocol";
import { SoftwareAgent } from "@holdfast/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeReport } from "../report/make-report.ts";
import { encrypter, expectRefused } from "./testing/attack.ts";
import { PasskeyAgent } from "./testing/passkey-agent.ts";

const IN_2099 = 4_070_908_800;
const DAY = 86_400;

let agent: PasskeyAgent;
let start: number;
beforeEach(async () => {
  agent = await PasskeyAgent.found();
  start = agent.clock.now();
});
afterEach(() => agent.close());

const accept = () => agent.propose("clock.accept", { args: { aid: agent.domain.aid } });
const leaves = (from = 0) =>
  agent.domain.log.entries(from, 1_000).map(({ leaf }) => parseLeaf(new Uint8Array(Buffer.from(leaf, "base64url"))));
const alarm = () => agent.domain.guard.alarm();

/** The report of all this verifies offline, with its dates as they are. */
async function expectReport(): Promise<void> {
  const words = wordsOf(agent.domain.tid).join(" ");
  for (const { base64 } of (await makeReport(agent.domain)).files)
    expect(await verifyReport(new Uint8Array(Buffer.from(base64, "base64")), { words })).toMatchObject({
      compared: true,
    });
}

describe("a time server that lies", () => {
  test("row 144: steps the clock to 2099 and back: an alarm on record, changes refused, suspending and use go on, all of it heals", async () => {
    const key = await agent.key();
    const encrypt = await encrypter(agent, 400 * DAY);
    const size = agent.domain.log.size;
    agent.clock.setWall(IN_2099);
    expect(alarm()).toBe("ahead");
    expect(await agent.apply("key.rotate", { key: key.id })).toMatchObject({ outcome: "refused", code: "E_CLOCK" });
    const counted = agent.counted("E_CLOCK"); // which a turned clock does not throw away
    expect(counted).toBe(1);
    expect(encrypt(key.id)).toMatchObject({ keyId: key.id });
    expect(await agent.apply("key.suspend", { key: key.id })).toMatchObject({ outcome: "applied" });
    expect(agent.kinds(size)).toEqual(["clock", "key.suspend"]);
    agent.clock.setWall(start + 60);
    expect([alarm(), agent.counted("E_CLOCK")]).toEqual([null, counted]);
    expect(await agent.apply("key.resume", { key: key.id })).toMatchObject({ outcome: "applied" });
    expect(Math.max(...leaves().map(({ ts }) => ts))).toBe(start + 60);
  });

  test("row 144: is believed by a restart: the log is in 2099, and administrators bring it back with clock.accept", async () => {
    const key = await agent.key();
    const encrypt = await encrypter(agent, 400 * DAY);
    await agent.restart(() => agent.clock.setWall(IN_2099));
    expect(await agent.apply("key.label", { key: key.id, args: { label: "x" } })).toMatchObject({
      code: "E_ROSTER_EXPIRED",
    });
    await agent.restart(() => agent.clock.setWall(start + 60));
    expect(alarm()).toBe("behind");
    expect(agent.domain.guard.time()).toBeGreaterThanOrEqual(IN_2099);
    expect(await agent.apply("key.rotate", { key: key.id })).toMatchObject({ outcome: "refused", code: "E_CLOCK" });
    const suspend = agent.propose("key.suspend", { key: key.id });
    expect(await agent.deliver(suspend, 0)).toMatchObject({ outcome: "applied" });

    const command = accept();
    expect(await agent.deliver(command)).toMatchObject({ outcome: "pending", have: 0 });
    const before = agent.domain.log.size;
    const decided = await agent.deliver(command, 0);
    expect(decided).toMatchObject({ outcome: "applied" });
    expect(leaves(before)).toMatchObject([
      { kind: "clock.accept", subject: agent.domain.aid, ts: start + 60, data: { to: start + 60 } },
    ]);
    expect([alarm(), agent.domain.guard.time()]).toEqual([null, start + 60]);
    expect(await agent.deliver(command, 0)).toEqual(decided);
    expect(await agent.apply("key.resume", { key: key.id })).toMatchObject({ outcome: "applied" });
    expect(await agent.apply("key.rotate", { key: key.id })).toMatchObject({ outcome: "applied" });
    expect(encrypt(key.id)).toMatchObject({ version: 2 });
    await agent.restart();
    expect([alarm(), agent.domain.problem]).toEqual([null, null]);
    expect(await agent.apply("key.suspend", { key: key.id })).toMatchObject({ outcome: "applied" });
    await expectReport();
  });

  test("row 144: keeps no delay from running: a destroy that waits runs after its time, no sooner and not never", async () => {
    const key = await agent.key();
    await agent.apply("key.deactivate", { key: key.id });
    expect(await agent.apply("key.destroy", { key: key.id })).toMatchObject({ outcome: "scheduled" });
    agent.clock.setWall(IN_2099);
    await agent.run(DAY - 240);
    expect(agent.domain.keystore.findKey(key.id)?.state).toBe("deactivated");
    await agent.deliver(accept(), 0);
    await agent.run(480);
    expect(agent.domain.keystore.findKey(key.id)?.state).toBe("destroyed");
  });
});

describe("a clock that was set right", () => {
  test("is believed after clock.accept without a restart, and dates by itself from that entry on", async () => {
    agent.clock.setWall(start + 600);
    expect(alarm()).toBe("ahead");
    expect(await agent.deliver(accept(), 0)).toMatchObject({ outcome: "applied" });
    expect(agent.kinds(agent.domain.log.size - 2)).toEqual(["clock", "clock.accept"]);
    expect(
      leaves()
        .slice(-2)
        .map(({ ts }) => ts),
    ).toEqual([start, start + 600]);
    expect((await agent.key()).dates.created).toBe(start + 600);
  });

  test("is never followed backwards by dates: a small step back repeats the newest entry's", async () => {
    agent.clock.advance(100);
    await agent.key();
    agent.clock.setWall(start + 40);
    await agent.key();
    const dates = leaves().map(({ ts }) => ts);
    expect(dates).toEqual(dates.toSorted((one, other) => one - other));
    expect(alarm()).toBeNull();
    await expectReport();
  });
});

describe("clock.accept", () => {
  const envelope = (command: ReturnType<typeof accept>) => agent.envelope(command, [agent.approve([command])]);

  test("is refused while the clock is believed, for another key server's clock, and without approvals", async () => {
    await expectRefused(agent, envelope(accept()), "E_PRESTATE");
    agent.clock.setWall(start + 600);
    const other = agent.propose("clock.accept", { args: { aid: new SoftwareAgent().aid } });
    expect(await agent.deliver(other, 0)).toMatchObject({ outcome: "refused", code: "E_PRESTATE" });
    expect(await agent.deliver(accept())).toMatchObject({ outcome: "pending" });
    expect(alarm()).toBe("ahead");
  });

  test("that was approved for another day is worth nothing, whatever the believed time is", async () => {
    agent.clock.setWall(start + 600);
    const withheld = accept();
    const ahead = (() => {
      agent.clock.setWall(start + 600 + 3 * DAY);
      return accept();
    })();
    expect(await agent.deliver(withheld, 0)).toMatchObject({ outcome: "refused", code: "E_EXPIRED" });
    agent.clock.setWall(start + 600);
    expect(await agent.deliver(ahead, 0)).toMatchObject({ outcome: "refused", code: "E_EXPIRED" });
    expect(alarm()).toBe("ahead");
    expect(await agent.deliver(accept(), 0)).toMatchObject({ outcome: "applied" });
  });

  test("that cannot be written leaves the clock as little believed as before", async () => {
    agent.clock.setWall(start + 600);
    const command = accept();
    const { store } = agent.domain;
    const write = store.putLeaf.bind(store);
    store.putLeaf = () => {
      throw new TypeError("the disk is gone");
    };
    await expect(agent.deliver(command, 0)).rejects.toThrow();
    store.putLeaf = write;
    expect([alarm(), agent.domain.guard.time()]).toEqual(["ahead", start]);
    expect(await agent.deliver(command, 0)).toMatchObject({ outcome: "applied" });
  });
});
