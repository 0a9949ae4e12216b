import { copyFileSync, cpSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { SoftwareAdministrator } from "@holdfast/testkit";
import { parseCheckpoint, parseNote } from "@holdfast/tlog";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { witnessChecks } from "../admin/witness-checks.ts";
import { encrypter } from "../admission/testing/attack.ts";
import { newKey, PasskeyAgent } from "../admission/testing/passkey-agent.ts";
import { expectObeys, withstand } from "../admission/testing/withstand.ts";
import { Agent } from "../agent.ts";
import { CHECKPOINT_FILE } from "../custody-log/checkpoint-writer.ts";
import { armFaultPoint } from "../lifecycle/fault-point.ts";
import { createLogger } from "../logger.ts";
import { readEvidence } from "./evidence.ts";
import { TestWitness } from "./testing/test-witness.ts";

let agent: PasskeyAgent;
let witness: TestWitness;

beforeEach(async () => {
  agent = await PasskeyAgent.found({ administrators: [new SoftwareAdministrator(), new SoftwareAdministrator()] });
  witness = await TestWitness.serve(agent.domain.witnesses.logKeys());
  agent.domain.witnesses.add({ url: witness.url, vkey: witness.vkey });
});
afterEach(async () => {
  await witness.close();
  await agent.close();
});

async function seen(): Promise<void> {
  const cosigned = () => agent.domain.witnesses.status()[0]?.cosignedSize;
  await expect.poll(cosigned, { timeout: 10_000 }).toBe(agent.domain.log.size);
}

const older = () => `${agent.dataDirectory}-older`;

/** Takes the state of now aside. */
async function takeAside(): Promise<void> {
  await seen();
  await agent.restart(() => cpSync(agent.dataDirectory, older(), { recursive: true }));
}

/** Puts the whole older folder in place of the newer one, which is gone. */
function putBack(): Promise<void> {
  return agent.restart(() => {
    rmSync(agent.dataDirectory, { recursive: true });
    cpSync(older(), agent.dataDirectory, { recursive: true });
  });
}

/** Puts back only the store: evidence, memory and checkpoint are the newest. */
function putStoreBack(): Promise<void> {
  return agent.restart(() => {
    for (const name of readdirSync(agent.dataDirectory).filter((each) => each.startsWith("agent.db")))
      rmSync(join(agent.dataDirectory, name));
    copyFileSync(join(older(), "agent.db"), join(agent.dataDirectory, "agent.db"));
  });
}

/** What the agent itself says that it lacks. */
function named() {
  const { log, lost } = agent.domain;
  const heads = (lost?.all() ?? []).map(({ size, root }) => ({ size, root }));
  return { size: log.size, root: log.root(), lost: heads, found: lost?.found ?? "A".repeat(22) };
}

const proposeLoss = (args: object = named()) => agent.propose("log.acceptLoss", { args: { ...args } });

/** All administrators give up what is lost, and the agent opens its domain anew. */
async function acceptLoss(): Promise<void> {
  expect(await agent.deliver(proposeLoss(), 0, 1)).toMatchObject({ outcome: "applied" });
  await goesOn();
}

async function goesOn(): Promise<void> {
  await expect.poll(() => agent.agent.domain?.problem, { timeout: 10_000 }).toBeNull();
  await expectObeys(agent);
}

const lossEntries = () =>
  agent.domain.log
    .entries(0, 1_000)
    .map(({ leaf }) => JSON.parse(Buffer.from(leaf, "base64url").toString("utf8")))
    .filter(({ kind }) => kind === "loss");

test("doctor speaks of an older disk, not of a restored backup, where nobody remembers the log after a loss", async () => {
  agent.domain.witnesses.remove("witness.example/w1");
  await agent.restart(() => cpSync(agent.dataDirectory, older(), { recursive: true }));
  await agent.key("lost");
  await putStoreBack();
  const next = () => witnessChecks(agent.domain).find(({ name }) => name === "witnesses")?.next;
  expect([agent.domain.problem, next()]).toEqual([
    "E_LOG_ROLLBACK",
    expect.stringMatching(/^The disk that was put back/),
  ]);
  await acceptLoss();
  expect(next()).toMatch(/^The disk that was put back/);
});

test("an older disk whose newer state is gone goes on once administrators name what is lost, and the log says what that is", async () => {
  const key = await agent.key("kept");
  const encrypt = await encrypter(agent);
  await takeAside();
  await agent.key("lost");
  await agent.apply("key.suspend", { key: key.id });
  await seen();
  const newest = { size: agent.domain.log.size, root: agent.domain.log.root() };
  await putBack();
  expect(agent.domain.problem).toBe("E_LOG_ROLLBACK");
  const args = named();
  expect(args.lost).toEqual([newest]);
  expect(await agent.apply("key.create", { args: { items: [newKey()] } })).toMatchObject({ code: "E_RECOVERING" });
  expect(await encrypt(key.id)).toBeDefined();
  const command = proposeLoss();
  expect(await agent.deliver(command, 0)).toMatchObject({ outcome: "pending", have: 1, need: 2 });
  expect(agent.domain.admission.find(command.hash)?.dryRun).toEqual({ ok: true });
  expect(agent.domain.log.size).toBe(args.size);
  expect(await agent.deliver(command, 1)).toMatchObject({ outcome: "applied" });
  await goesOn();
  const { found, ...data } = args;
  expect(found).toHaveLength(22);
  expect(lossEntries()).toMatchObject([{ data, actor: { kind: "admins" } }]);
  expect(agent.domain.index.lastLoss()).toMatchObject({ size: args.size, lost: [newest] });
  const evidence = witnessChecks(agent.domain).filter(({ name }) => name === "evidence");
  expect(evidence.map(({ result }) => result)).not.toContain("bad");
  // The witness still holds what was given up: that stays given up, at this start and once this log is longer.
  await agent.restart();
  expect([agent.domain.problem, agent.domain.keystore.domain().recovering]).toEqual([null, false]);
  for (const name of ["one", "two", "three", "four"]) await agent.key(name);
  await agent.restart();
  expect([agent.domain.problem, agent.domain.keystore.domain().locked]).toEqual([null, false]);
  await expectObeys(agent);
});

describe("a store put back under its newer checkpoint", () => {
  const checkpoint = () => readFileSync(join(agent.dataDirectory, CHECKPOINT_FILE), "utf8");

  /** The log is then two entries longer than the older one: as many as the acceptance writes. */
  beforeEach(async () => {
    await agent.key("kept");
    await takeAside();
    await agent.key("lost");
    await seen();
    await witness.silence();
    await putStoreBack();
    expect(parseCheckpoint(parseNote(checkpoint()).text).size).toBe(named().size + 2);
  });

  test("is given up, and the new head is signed although it is as large as the lost one", async () => {
    const { size } = named();
    expect(await agent.deliver(proposeLoss(), 0, 1)).toMatchObject({ outcome: "applied" });
    const signed = parseCheckpoint(parseNote(checkpoint()).text);
    expect(signed.size).toBe(size + 2);
    expect(Buffer.compare(signed.root, agent.domain.log.headAt(size + 2).root)).toBe(0);
    await goesOn();
    await agent.restart();
    expect(agent.domain.problem).toBeNull();
  });

  test("stays given up when the power goes before the new head is signed", async () => {
    const crashed = `${agent.dataDirectory}-crashed`;
    armFaultPoint("executor:before-checkpoint", () => {
      cpSync(agent.dataDirectory, crashed, { recursive: true });
      throw new Error("the power is gone");
    });
    await expect(agent.deliver(proposeLoss(), 0, 1)).rejects.toThrow("the power is gone");
    armFaultPoint(null, () => {
      throw new TypeError("nothing is armed");
    });
    const lost = readFileSync(join(crashed, CHECKPOINT_FILE), "utf8");
    await agent.restart(() => {
      rmSync(agent.dataDirectory, { recursive: true });
      renameSync(crashed, agent.dataDirectory);
    });
    await goesOn();
    expect(lossEntries()).toHaveLength(1);
    // Later that checkpoint is no excuse any more.
    const now = checkpoint();
    await agent.restart(() => writeFileSync(join(agent.dataDirectory, CHECKPOINT_FILE), lost));
    expect(agent.domain.problem).not.toBeNull();
    await agent.restart(() => writeFileSync(join(agent.dataDirectory, CHECKPOINT_FILE), now));
    await agent.restart();
    expect(agent.domain.problem).toBeNull();
  });
});

describe("what is given up is what people named", () => {
  beforeEach(async () => {
    await agent.key("kept");
    await takeAside();
    await agent.key("lost");
    await agent.key("lost too");
    await seen();
    await putBack();
  });

  const honest = () => acceptLoss();

  test("another root, another size, another log to go on from, or a head that nobody signed is refused", async () => {
    const { size, root, lost, found } = named();
    const [head] = lost;
    if (head === undefined) throw new TypeError("no head is known");
    const wrong = [
      { size, root, found, lost: [{ ...head, root }] },
      { size, root, found, lost: [{ ...head, size: head.size - 1 }] },
      { size, root, found, lost: [head, { ...head, size: head.size + 1 }] },
      { size: size - 1, root, lost, found },
      { size, root: head.root, lost, found },
      { size, root, lost, found: "A".repeat(22) },
    ];
    await withstand(
      agent,
      "E_PRESTATE",
      async () => {
        for (const args of wrong)
          expect(await agent.deliver(proposeLoss(args), 0, 1)).toMatchObject({ code: "E_PRESTATE" });
      },
      honest,
    );
  });

  test("an older approval does not reach a head that was found since", async () => {
    const before = proposeLoss();
    const ahead = await signedAhead();
    await withstand(
      agent,
      "E_PRESTATE",
      async () => {
        expect(await agent.domain.witnesses.notice({ note: ahead, from: "somebody", as: "refused" })).toMatchObject({
          kind: "ahead",
        });
        expect(await agent.deliver(before, 0, 1)).toMatchObject({ outcome: "refused", code: "E_PRESTATE" });
      },
      honest,
    );
    expect(lossEntries()[0].data.lost).toHaveLength(2);
  });

  test("an approval is used up by what it did, and says nothing of the state after", async () => {
    const command = proposeLoss();
    expect(await agent.deliver(command, 0, 1)).toMatchObject({ outcome: "applied" });
    await goesOn();
    await withstand(agent, null, async () => {
      expect(await agent.deliver(command, 0, 1)).toMatchObject({ outcome: "applied" });
    });
    expect(lossEntries()).toHaveLength(1);
    const { lost } = command.command.args as { lost: object[] };
    const again = { ...named(), lost: [{ ...lost[0], size: 10_000 }] };
    await withstand(agent, "E_PRESTATE", async () => {
      expect(await agent.deliver(proposeLoss(again), 0, 1)).toMatchObject({ code: "E_PRESTATE" });
    });
  });

  test("the same disk put back once more takes people's word anew: an approval counts for the time it was given for", async () => {
    await witness.silence();
    const command = proposeLoss();
    const { size, root, lost } = named();
    const [evidence] = readEvidence(agent.dataDirectory);
    expect(await agent.deliver(command, 0, 1)).toMatchObject({ outcome: "applied" });
    await agent.restart(() => {
      rmSync(agent.dataDirectory, { recursive: true });
      cpSync(older(), agent.dataDirectory, { recursive: true });
      writeFileSync(join(agent.dataDirectory, CHECKPOINT_FILE), evidence?.theirs ?? "");
    });
    expect(named()).toMatchObject({ size, root, lost });
    await withstand(
      agent,
      "E_PRESTATE",
      async () => {
        expect(await agent.deliver(command, 0, 1)).toMatchObject({ outcome: "refused", code: "E_PRESTATE" });
        expect((await agent.deliver(command, 0, 1)).next).toContain("log accept-loss");
      },
      honest,
    );
  });

  test("a start voids what waits: it is shown as such, and proposed anew", async () => {
    const command = proposeLoss();
    expect(await agent.deliver(command, 0)).toMatchObject({ outcome: "pending" });
    await agent.restart();
    expect(agent.domain.admission.find(command.hash)?.dryRun).toMatchObject({ ok: false, code: "E_PRESTATE" });
    await withstand(
      agent,
      "E_PRESTATE",
      async () => {
        expect(await agent.deliver(command, 1)).toMatchObject({ outcome: "refused", code: "E_PRESTATE" });
      },
      honest,
    );
  });

  test("one administrator says no, and it does not count any more, whoever approves it then", async () => {
    const command = proposeLoss();
    expect(await agent.deliver(command, 0)).toMatchObject({ outcome: "pending" });
    await withstand(
      agent,
      "E_CANCELLED",
      async () => {
        const no = agent.envelope(command, [agent.approve([command], { by: 1, decision: 2 })]);
        expect(await agent.domain.admission.deliver(no)).toMatchObject({ outcome: "cancelled", code: "E_CANCELLED" });
        expect(agent.domain.admission.pending()).toEqual([]);
        expect(await agent.deliver(command, 0, 1)).toMatchObject({ outcome: "refused", code: "E_CANCELLED" });
      },
      honest,
    );
  });

  test("one administrator of two gives nothing up, however often", async () => {
    const command = proposeLoss();
    await withstand(
      agent,
      "E_QUORUM",
      async () => {
        expect(await agent.deliver(command, 0)).toMatchObject({ outcome: "pending" });
        expect(await agent.deliver(command, 0)).toMatchObject({ outcome: "pending" });
      },
      honest,
    );
  });

  /** A larger tree that a copy of the older disk signed, and that nobody has shown yet. */
  async function signedAhead(): Promise<string> {
    const { size } = named().lost[0] ?? { size: 0 };
    return bySeparateCopy(async (copy) => {
      while ((copy.domain?.log.size ?? size) <= size) copy.domain?.executor.recordHostEvent("attest", {});
    });
  }
});

describe("two histories are no loss", () => {
  test("another tree of the size that goes on, signed by a copy, is never accepted away", async () => {
    await agent.key("kept");
    await takeAside();
    const fork = await bySeparateCopy(async (copy) => void copy.domain?.executor.recordHostEvent("attest", {}));
    const { size } = parseCheckpoint(parseNote(fork).text);
    while (agent.domain.log.size < size) agent.domain.executor.recordHostEvent("report", {});
    await seen();
    await agent.restart(() => {
      rmSync(older(), { recursive: true });
      cpSync(agent.dataDirectory, older(), { recursive: true });
    });
    await agent.key("lost");
    await seen();
    await putBack();
    expect(agent.domain.problem).toBe("E_LOG_ROLLBACK");
    const command = proposeLoss();
    await withstand(
      agent,
      "E_SPLIT_BRAIN",
      async () => {
        await agent.domain.witnesses.notice({ note: fork, from: "somebody", as: "refused" });
        expect(await agent.deliver(command, 0, 1)).toMatchObject({ outcome: "refused", code: "E_SPLIT_BRAIN" });
        await agent.restart();
        expect(await agent.deliver(proposeLoss(), 0, 1)).toMatchObject({ code: "E_SPLIT_BRAIN" });
      },
      async () => {
        expect([agent.domain.problem, lossEntries()]).toEqual(["E_LOG_ROLLBACK", []]);
      },
    );
  });

  test("a store that is damaged besides is not gone on from", async () => {
    await agent.key("kept");
    await takeAside();
    await agent.key("lost");
    await seen();
    await putStoreBack();
    const good = proposeLoss();
    await agent.restart(() => {
      const store = new DatabaseSync(join(agent.dataDirectory, "agent.db"));
      store.exec("DELETE FROM leaf WHERE n = (SELECT max(n) FROM leaf)");
      store.close();
    });
    await withstand(
      agent,
      "E_RECOVERING",
      async () => {
        expect([agent.domain.problem, agent.domain.lost]).toEqual(["E_LOG_ROLLBACK", null]);
        expect(await agent.deliver(good, 0, 1)).toMatchObject({ outcome: "refused", code: "E_RECOVERING" });
      },
      async () => {
        await putStoreBack();
        await acceptLoss();
      },
    );
  });

  test("nor is anything given up where no signed head is known that the log lacks", async () => {
    await agent.key("kept");
    await seen();
    const path = join(agent.dataDirectory, CHECKPOINT_FILE);
    const { size } = agent.domain.log;
    const lost = [{ size: size + 5, root: agent.domain.log.root() }];
    await witness.silence();
    await agent.restart(() => renameSync(path, `${path}.away`));
    expect(agent.domain.problem).toBe("E_LOG_ROLLBACK");
    const args = { size: agent.domain.log.size, root: agent.domain.log.root(), lost, found: "A".repeat(22) };
    await withstand(
      agent,
      "E_PRESTATE",
      async () => {
        expect(await agent.deliver(proposeLoss(args), 0, 1)).toMatchObject({ code: "E_PRESTATE" });
      },
      async () => {
        await agent.restart(() => renameSync(`${path}.away`, path));
        await expectObeys(agent);
      },
    );
  });
});

/** A note that another agent signed on a copy of the data folder. */
async function bySeparateCopy(make: (copy: Agent) => Promise<void>): Promise<string> {
  const dataDirectory = `${agent.dataDirectory}-copy`;
  rmSync(dataDirectory, { recursive: true, force: true });
  cpSync(older(), dataDirectory, { recursive: true });
  rmSync(join(dataDirectory, "witnesses.json"), { force: true });
  const copy = await Agent.open({
    dataDirectory,
    pageOrigin: null,
    logger: createLogger(() => {}),
    clock: agent.clock,
  });
  try {
    await make(copy);
    const log = copy.domain?.log;
    if (log === undefined) throw new TypeError("the copy did not open");
    return log.noteAt(log.size);
  } finally {
    await copy.close();
  }
}
