import { generateKeyPairSync, sign } from "node:crypto";
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  cosign,
  formatNote,
  formatSignatureLine,
  formatVkey,
  NOTE_TYPE,
  type NoteSigner,
  noteKey,
  parseAddCheckpoint,
  parseCheckpoint,
  parseNote,
  parseVkey,
  verifyCosignatures,
} from "@holdfast/tlog";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { doctorChecks } from "../admin/doctor-checks.ts";
import { witnessChecks } from "../admin/witness-checks.ts";
import { encrypter } from "../admission/testing/attack.ts";
import { newKey, PasskeyAgent } from "../admission/testing/passkey-agent.ts";
import { Agent } from "../agent.ts";
import { CHECKPOINT_FILE } from "../custody-log/checkpoint-writer.ts";
import type { Domain } from "../domain.ts";
import { createLogger } from "../logger.ts";
import { keepEvidence, readEvidence } from "./evidence.ts";
import { gatherHeads } from "./gather-heads.ts";
import { HostileWitness, TestWitness } from "./testing/test-witness.ts";
import { SILENT_SECONDS } from "./witness-watch.ts";

let agent: PasskeyAgent;
let witness: TestWitness;
const ending: { close(): Promise<void> }[] = [];

beforeEach(async () => {
  agent = await PasskeyAgent.found();
  witness = await TestWitness.serve(agent.domain.witnesses.logKeys());
  ending.push(witness);
});
afterEach(async () => {
  for (const each of ending.splice(0).reverse()) await each.close();
  await agent.close();
});

/** Adds the test's witness, and waits until it has cosigned everything. */
async function add(test = witness): Promise<void> {
  agent.domain.witnesses.add({ url: test.url, vkey: test.vkey });
  await seen(test);
}

async function seen(test = witness, by = agent): Promise<void> {
  await expect.poll(() => statusOf(test.name, by)?.cosignedSize, { timeout: 10_000 }).toBe(by.domain.log.size);
}

function statusOf(name: string, by = agent) {
  return by.domain.witnesses.status().find((each) => each.name === name);
}

const keyStates = (of = agent) => JSON.stringify([...of.domain.keystore.keys()]);

/** Another process on a copy of the data folder, as a snapshot of the machine would be. */
async function clone(): Promise<Agent> {
  const dataDirectory = `${agent.dataDirectory}-clone`;
  rmSync(dataDirectory, { recursive: true, force: true });
  cpSync(agent.dataDirectory, dataDirectory, { recursive: true });
  const logger = createLogger((line) => agent.lines.push(line));
  const copy = await Agent.open({ dataDirectory, pageOrigin: null, logger, clock: agent.clock });
  ending.push(copy);
  return copy;
}

describe("an agent with witnesses", () => {
  test("has each new head cosigned by all of them, and keeps every line with its checkpoint", async () => {
    const second = await TestWitness.serve(agent.domain.witnesses.logKeys(), "other.example/w2");
    ending.push(second);
    await add();
    await add(second);
    await agent.key("orders");
    await seen();
    await seen(second);
    await expect.poll(() => parseNote(agent.domain.log.checkpoint()).signatures.length).toBe(3);
    const note = parseNote(agent.domain.log.checkpoint());
    const keys = [witness, second].map(({ vkey }) => parseVkey(vkey));
    expect(await verifyCosignatures(note, keys)).toHaveLength(2);
    expect(parseCheckpoint(note.text).size).toBe(agent.domain.log.size);
    await agent.restart();
    await seen();
    expect(statusOf(witness.name)).toMatchObject({ silent: false, fault: null, named: false });
  });

  test("refuses an address or a key that is none, and forgets one that was removed", async () => {
    const { witnesses } = agent.domain;
    const refused = (url: string, vkey = witness.vkey) =>
      expect(() => witnesses.add({ url, vkey })).toThrow(expect.objectContaining({ code: "E_WITNESS" }));
    refused("http://witness.example");
    refused("https://user@witness.example");
    refused("https://witness.example/?x");
    refused(witness.url, `${witness.vkey.slice(0, -4)}AAA=`);
    refused(witness.url, agent.domain.witnesses.logKeys()[0]);
    await add();
    witnesses.remove(witness.name);
    expect(witnesses.status()).toEqual([]);
    expect(() => witnesses.remove(witness.name)).toThrow(expect.objectContaining({ code: "E_WITNESS" }));
  });

  test("row 66: raises an alarm for one that stays silent, while another cosigns and everything goes on", async () => {
    const second = await TestWitness.serve(agent.domain.witnesses.logKeys(), "other.example/w2");
    ending.push(second);
    await add();
    await add(second);
    await witness.silence();
    await agent.key("orders");
    await seen(second);
    const before = keyStates();
    agent.domain.witnesses.look();
    expect(agent.counted("W_UNAVAILABLE")).toBe(0);
    agent.clock.advance(SILENT_SECONDS);
    agent.domain.witnesses.look();
    expect(statusOf(witness.name)).toMatchObject({ silent: true });
    expect(statusOf(second.name)).toMatchObject({ silent: false });
    expect(agent.counted("W_UNAVAILABLE")).toBe(1);
    expect(agent.lines.some((line) => line.includes("witness.silent") && line.includes("W_UNAVAILABLE"))).toBe(true);
    expect(keyStates()).toBe(before);
    await agent.key("bills");
    await seen(second);
    await witness.open();
    await seen();
    agent.domain.witnesses.look();
    expect(statusOf(witness.name)).toMatchObject({ silent: false });
  });

  test("starts although no witness can be reached, and says since when nobody saw its log", async () => {
    await add();
    await witness.silence();
    await agent.restart();
    expect(agent.domain.problem).toBeNull();
    expect(agent.domain.witnesses.witnessedAt()).toBe(witness.now);
    agent.clock.advance(SILENT_SECONDS);
    agent.domain.witnesses.look();
    expect(statusOf(witness.name)).toMatchObject({ silent: true, cosignedAt: witness.now });
    await agent.key("orders");
  });
});

describe("a witness that fails", () => {
  test("in a part of its answers is a fault that doctor calls bad, while its head is looked at all the same", async () => {
    let shown = "";
    let isBroken = true;
    const hostile = await HostileWitness.serve(async ({ method, path }) => {
      if (method === "GET" && path.endsWith("checkpoint") && shown !== "") return [200, shown];
      if (path.endsWith("others") && !isBroken) return [200, "x".repeat(1_100_000)];
      return [500, "the witness cannot answer now\n"];
    });
    ending.push(hostile);
    const before = keyStates();
    agent.domain.witnesses.add({ url: hostile.url, vkey: witness.vkey });
    await expect.poll(() => statusOf(witness.name)?.fault, { timeout: 10_000 }).toContain("status 500");
    expect(witnessChecks(agent.domain).filter(({ result }) => result === "bad")).toContainEqual(
      expect.objectContaining({ what: expect.stringContaining("status 500") }),
    );
    expect(keyStates()).toBe(before);
    await agent.key("orders");
    shown = agent.domain.log.checkpoint();
    isBroken = false;
    const seeker = {
      dataDirectory: agent.dataDirectory,
      tid: parseCheckpoint(parseNote(shown).text).origin.replace("holdfast/", ""),
      aid: "",
      aik: { sign: () => Buffer.alloc(64) },
      now: () => 0,
    };
    expect(await gatherHeads(seeker)).toEqual([{ note: shown, from: witness.name, as: "head" }]);
  });
});

describe("row 65: a witness that vouches for two histories", () => {
  test("is kept as evidence with both notes, and changes nothing about keys", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    const raw = publicKey.export({ type: "spki", format: "der" }).subarray(-32);
    const key = noteKey("two.faced/w", NOTE_TYPE.cosignature, new Uint8Array(raw));
    const signer: NoteSigner = { key, sign: (message) => new Uint8Array(sign(null, message, privateKey)) };
    let shown: string[] = [];
    const hostile = await HostileWitness.serve(async ({ method, path, body }) => {
      if (method === "GET") return path.endsWith("others") ? [200, JSON.stringify({ notes: shown })] : [404, ""];
      const { note } = parseAddCheckpoint(body);
      const { size } = parseCheckpoint(note.text);
      const other = note.text.replace(/\n(\S+)\n$/, `\n${"A".repeat(43)}=\n`);
      shown = [formatNote({ text: other, signatures: [await cosign(other, signer, 1_800_000_000 + size)] })];
      return [200, formatSignatureLine(await cosign(note.text, signer, 1_800_000_000 + size))];
    });
    ending.push(hostile);
    await agent.key("orders");
    const before = keyStates();
    agent.domain.witnesses.add({ url: hostile.url, vkey: formatVkey(key) });
    await expect.poll(() => agent.domain.witnesses.evidence().length, { timeout: 10_000 }).toBe(1);
    const [evidence] = agent.domain.witnesses.evidence();
    expect(evidence).toMatchObject({ code: "W_EQUIVOCATION", from: "two.faced/w", theirs: shown[0] });
    const both = [evidence?.theirs, evidence?.cosigned?.note].map((note) => parseNote(note ?? ""));
    const [theirs, ours] = both.map(({ text }) => parseCheckpoint(text));
    expect(theirs?.size).toBe(ours?.size);
    expect(Buffer.from(theirs?.root ?? []).equals(Buffer.from(ours?.root ?? []))).toBe(false);
    expect(await verifyCosignatures(both[0] ?? expect.unreachable(), [key])).toHaveLength(1);
    expect(agent.counted("W_EQUIVOCATION")).toBe(1);
    expect(statusOf("two.faced/w")).toMatchObject({ equivocated: true });
    expect(agent.domain.keystore.domain().locked).toBe(false);
    expect(keyStates()).toBe(before);
    await agent.key("bills");
  });
});

describe("an agent whose disk was put back", () => {
  /** Puts the data folder back as it was before two keys were made; keeps the host's own list of witnesses. */
  async function rollBack(): Promise<void> {
    await agent.key("before");
    await seen();
    const old = `${agent.dataDirectory}-old`;
    await agent.restart(() => cpSync(agent.dataDirectory, old, { recursive: true }));
    await agent.key("lost");
    await agent.key("lost too");
    await seen();
    await agent.restart(() => {
      renameSync(agent.dataDirectory, `${agent.dataDirectory}-new`);
      renameSync(old, agent.dataDirectory);
    });
  }

  test("row 72: sees at its start that a witness has seen more, writes nothing, and lets keys be used", async () => {
    await add();
    const encrypt = await encrypter(agent);
    await rollBack();
    expect(agent.domain.problem).toBe("E_LOG_ROLLBACK");
    expect(agent.counted("E_LOG_ROLLBACK")).toBe(1);
    const { size } = agent.domain.log;
    const before = keyStates();
    const [key] = [...agent.domain.keystore.keys()];
    expect(await encrypt(key?.id ?? "")).toBeDefined();
    expect(await agent.apply("key.create", { args: { items: [newKey()] } })).toMatchObject({ outcome: "refused" });
    expect((await agent.apply("key.suspend", { key: key?.id ?? "" })).outcome).toBe("refused");
    expect([agent.domain.log.size, keyStates()]).toEqual([size, before]);
    expect(agent.domain.witnesses.evidence()).toMatchObject([{ code: "E_LOG_ROLLBACK", from: witness.name }]);
    // The next start believes the evidence in its own folder, with nobody to ask.
    await witness.silence();
    await agent.restart();
    expect(agent.domain.problem).toBe("E_LOG_ROLLBACK");
    // With the newest disk back, and the evidence against the older one, everything goes on.
    await agent.restart(() => {
      rmSync(agent.dataDirectory, { recursive: true });
      renameSync(`${agent.dataDirectory}-new`, agent.dataDirectory);
    });
    expect(agent.domain.problem).toBeNull();
    await agent.key("goes on");
  });

  test("row 73: sees it by another witness, where the one that colludes shows what fits the old disk", async () => {
    const shown = { note: "" };
    const colluding = await HostileWitness.serve(({ method }) => (method === "GET" ? [200, shown.note] : [404, "no"]));
    ending.push(colluding);
    const { vkey } = await TestWitness.serve([], "colluding.example/w").then((test) => {
      ending.push(test);
      return test;
    });
    agent.domain.witnesses.add({ url: colluding.url, vkey });
    shown.note = agent.domain.log.checkpoint();
    await add();
    await rollBack();
    expect(agent.domain.problem).toBe("E_LOG_ROLLBACK");
    expect(agent.domain.witnesses.evidence()).toMatchObject([{ from: witness.name }]);
  });

  test("is not thought to be behind for a size that nobody signed, or that a stranger signed", async () => {
    const ahead = "1000000\n";
    const { privateKey } = generateKeyPairSync("ed25519");
    const { tid, witnesses } = agent.domain;
    const [name = "", hex = ""] = (witnesses.logKeys()[0] ?? "").split("+");
    const hostile = await HostileWitness.serve(({ method, path }) => {
      if (method === "POST") return [409, ahead];
      const text = `holdfast/${tid}\n1000000\n${"A".repeat(43)}=\n`;
      const line = Buffer.concat([Buffer.from(hex, "hex"), sign(null, Buffer.from(text), privateKey)]);
      const note = `${text}\n— ${name} ${line.toString("base64")}\n`;
      return [200, path.endsWith("others") ? JSON.stringify({ notes: [note] }) : note];
    });
    ending.push(hostile);
    agent.domain.witnesses.add({ url: hostile.url, vkey: witness.vkey });
    await expect.poll(() => statusOf(witness.name)?.fault).toContain("1000000");
    await agent.restart();
    expect([agent.domain.problem, agent.domain.keystore.domain().locked]).toEqual([null, false]);
    expect(agent.domain.witnesses.evidence()).toEqual([]);
    await agent.key("goes on");
  });
});

describe("row 74: an agent that runs twice from one disk", () => {
  test("is locked in both copies, and each keeps what the other signed", async () => {
    await add();
    await agent.key("orders");
    await seen();
    const copy = await clone();
    const { domain } = copy;
    if (domain === null) throw new TypeError("the copy did not open");
    const cosigned = () => domain.witnesses.status()[0]?.cosignedSize;
    await expect.poll(cosigned, { timeout: 10_000 }).toBe(domain.log.size);
    agent.domain.executor.recordHostEvent("attest", {});
    const [here, there] = [keyStates(), JSON.stringify([...domain.keystore.keys()])];
    await expect.poll(() => agent.domain.keystore.domain().locked, { timeout: 10_000 }).toBe(true);
    const look = () => {
      domain.executor.recordHostEvent("attest", {});
      return domain.keystore.domain().locked;
    };
    await expect.poll(look, { timeout: 10_000, interval: 300 }).toBe(true);
    for (const each of [agent.agent, copy]) {
      const evidence = each.domain?.witnesses.evidence() ?? [];
      expect(evidence.map(({ code }) => code)).toContain("E_SPLIT_BRAIN");
      const { ours, theirs } = evidence.find(({ code }) => code === "E_SPLIT_BRAIN") ?? expect.unreachable();
      const [one, other] = [ours, theirs].map((note) => parseCheckpoint(parseNote(note).text));
      expect(one?.size).toBe(other?.size);
      expect(Buffer.from(one?.root ?? []).equals(Buffer.from(other?.root ?? []))).toBe(false);
    }
    expect([keyStates(), JSON.stringify([...domain.keystore.keys()])]).toEqual([here, there]);
    expect(agent.counted("E_SPLIT_BRAIN")).toBeGreaterThan(0);
    expect(await agent.apply("key.create", { args: { items: [newKey()] } })).toMatchObject({ outcome: "refused" });
    // People look, stop the copy and unlock: what is on record is not held against the agent again.
    await copy.close();
    expect(await agent.apply("domain.unlock")).toMatchObject({ outcome: "applied" });
    await agent.restart();
    expect(agent.domain.keystore.domain().locked).toBe(false);
    await agent.key("next");
  });
});

describe("an agent whose restore was accepted", () => {
  /** A head that the domain's agent signed and no witness cosigned. */
  async function uncosigned(make: (copy: Domain) => Promise<void>): Promise<string> {
    const copy = await clone();
    const { domain } = copy;
    if (domain === null) throw new TypeError("the copy did not open");
    await make(domain);
    const note = domain.log.noteAt(domain.log.size);
    await copy.close();
    return note;
  }
  const abandoned = () => uncosigned(async (copy) => void copy.executor.recordHostEvent("report"));

  async function acceptRestore(shown?: string): Promise<void> {
    const { keystore, log } = agent.domain;
    const recovering = true;
    keystore.replaceDomain({ ...keystore.domain(), recovering });
    if (shown !== undefined) await agent.domain.witnesses.notice({ note: shown, from: "somebody", as: "head" });
    const args = { size: log.size, root: log.root() };
    expect(await agent.apply("restore.accept", { args })).toMatchObject({ outcome: "applied" });
    expect(agent.domain.index.lastLoss()?.size).toBe(args.size);
  }

  test("locks for a fork that was signed afterwards, also where no witness cosigned it", async () => {
    await acceptRestore();
    const theirs = await abandoned();
    for (const name of ["orders", "bills", "wages"]) await agent.key(name);
    const before = keyStates();
    const judged = await agent.domain.witnesses.notice({ note: theirs, from: "somebody", as: "refused" });
    expect(judged).toMatchObject({ kind: "fork", cosignatures: [] });
    expect(agent.domain.keystore.domain().locked).toBe(true);
    expect(agent.domain.witnesses.evidence()).toMatchObject([{ code: "E_SPLIT_BRAIN", theirs }]);
    expect([agent.counted("E_SPLIT_BRAIN"), keyStates()]).toEqual([1, before]);
    expect(await agent.apply("domain.unlock")).toMatchObject({ outcome: "applied" });
    await agent.key("goes on");
  });

  test("does not count what people had before them when they accepted, though no witness cosigned it", async () => {
    const theirs = await abandoned();
    await acceptRestore(theirs);
    expect(agent.domain.witnesses.evidence()).toMatchObject([{ code: "E_LOG_ROLLBACK", theirs }]);
    await agent.restart();
    expect(agent.domain.problem).toBeNull();
    for (const name of ["orders", "bills", "wages"]) await agent.key(name);
    const judged = await agent.domain.witnesses.notice({ note: theirs, from: "somebody", as: "head" });
    expect(judged).toMatchObject({ kind: "fork", cosignatures: [] });
    expect(agent.domain.keystore.domain().locked).toBe(false);
    await agent.key("goes on");
  });
});

describe("an agent whose checkpoint was taken away", () => {
  test("writes nothing, and says so at every start until it is put back", async () => {
    await agent.key("orders");
    const path = join(agent.dataDirectory, CHECKPOINT_FILE);
    const before = keyStates();
    await agent.restart(() => renameSync(path, `${path}.away`));
    expect(agent.domain.problem).toBe("E_LOG_ROLLBACK");
    const { size } = agent.domain.log;
    expect(await agent.apply("key.create", { args: { items: [newKey()] } })).toMatchObject({ outcome: "refused" });
    expect([agent.domain.log.size, keyStates()]).toEqual([size, before]);
    await agent.restart();
    expect(agent.domain.problem).toBe("E_LOG_ROLLBACK");
    await agent.restart(() => renameSync(`${path}.away`, path));
    expect(agent.domain.problem).toBeNull();
    await agent.key("goes on");
  });

  test("believes what witnesses cosigned before, as it remembers it, with nobody to ask", async () => {
    await add();
    await agent.key("before");
    const old = `${agent.dataDirectory}-old`;
    await agent.restart(() => cpSync(agent.dataDirectory, old, { recursive: true }));
    await agent.key("lost");
    await seen();
    await witness.silence();
    await agent.restart(() => {
      for (const name of ["agent.db", CHECKPOINT_FILE]) cpSync(join(old, name), join(agent.dataDirectory, name));
      for (const name of ["agent.db-wal", "agent.db-shm"]) rmSync(join(agent.dataDirectory, name), { force: true });
    });
    expect(agent.domain.problem).toBe("E_LOG_ROLLBACK");
    expect(agent.domain.witnesses.evidence()).toMatchObject([{ code: "E_LOG_ROLLBACK", from: "the data folder" }]);
  });
});

describe("a file in the data folder that is damaged", () => {
  test("is passed over and told where it is evidence, and never stands in the way of new evidence", async () => {
    const folder = join(agent.dataDirectory, "evidence");
    const evidence = { code: "E_SPLIT_BRAIN", at: 1, from: "w", ours: "a\n\n", theirs: "b\n\n", size: 1 } as const;
    expect(keepEvidence(agent.dataDirectory, evidence)).toBe(true);
    const [name = ""] = readdirSync(folder);
    await agent.restart(() => writeFileSync(join(folder, name), '{"code":'));
    expect([agent.domain.problem, agent.domain.witnesses.evidence()]).toEqual([null, []]);
    const checks = doctorChecks(agent.agent).filter((check) => check.name === "evidence");
    expect(checks).toMatchObject([{ result: "bad", what: expect.stringContaining(name) }]);
    expect(keepEvidence(agent.dataDirectory, evidence)).toBe(true);
    expect(readEvidence(agent.dataDirectory)).toEqual([evidence]);
  });

  test("refuses the start with its name where it is the list of witnesses or the settings", async () => {
    for (const name of ["witnesses.json", "agent.json"]) {
      const path = join(agent.dataDirectory, name);
      const before = existsSync(path) ? readFileSync(path) : null;
      const refused = agent.restart(() => writeFileSync(path, "[1"));
      await expect(refused).rejects.toMatchObject({ code: "E_STORE", message: expect.stringContaining(name) });
      if (before === null) rmSync(path);
      else writeFileSync(path, before);
      await agent.start();
    }
    await agent.key("goes on");
  });
});

describe("a delay", () => {
  test("row 79: that a witness's clock contradicts is waited on, until that clock agrees; an absent witness holds nothing up", async () => {
    await add();
    const key = await agent.key("orders");
    await seen();
    await agent.apply("key.deactivate", { key: key.id });
    const { hash, outcome } = await agent.apply("key.destroy", { key: key.id });
    expect(outcome).toBe("scheduled");
    await seen();
    await agent.run(86_400);
    expect(agent.domain.admission.find(hash)?.status).toBe("scheduled");
    expect(agent.counted("E_DELAY")).toBeGreaterThan(0);
    witness.now += 86_000;
    await agent.domain.admission.runDue();
    expect(agent.domain.admission.find(hash)?.status).toBe("scheduled");
    witness.now += 400;
    await agent.domain.admission.runDue();
    expect(agent.domain.admission.find(hash)?.status).toBe("applied");
    const other = await agent.key("bills");
    await agent.apply("key.deactivate", { key: other.id });
    const second = await agent.apply("key.destroy", { key: other.id });
    await seen();
    await witness.silence();
    await agent.run(86_400);
    expect(agent.domain.admission.find(second.hash)?.status).toBe("applied");
  });
});
