import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { consistencyProof, leafHash, MemoryTree, rootAt } from "@holdfast/tlog";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createLogger } from "../logger.ts";
import { logId } from "./followed-logs.ts";
import { Witness } from "./witness.ts";
import { type ServedWitness, startWitnessServer, type WitnessPatience } from "./witness-server.ts";

// Everything that a log and a reader do is written out here from the specifications' text, with node:crypto alone.
const ORIGIN = "log.example/one";
const NOW = 1_800_000_000;
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
const rawKey = (key: KeyObject) => createPublicKey(key).export({ type: "spki", format: "der" }).subarray(-32);
const keyId = (name: string, type: number, raw: Uint8Array) =>
  createHash("sha256")
    .update(Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(type), raw]))
    .digest()
    .subarray(0, 4);

class Log {
  readonly key: KeyObject;
  readonly tree = new MemoryTree();

  constructor(entries = 20, say = "entry", key = generateKeyPairSync("ed25519").privateKey) {
    this.key = key;
    for (let n = 0; n < entries; n += 1) this.tree.append(leafHash(Buffer.from(`${say} ${n}`)));
  }

  get vkey(): string {
    const raw = rawKey(this.key);
    return `${ORIGIN}+${keyId(ORIGIN, 1, raw).toString("hex")}+${base64(Buffer.concat([Buffer.of(1), raw]))}`;
  }

  note(size: number, key = this.key, origin = ORIGIN, extension = ""): string {
    const text = `${origin}\n${size}\n${base64(rootAt(size, this.tree.getNode))}\n${extension}`;
    const id = keyId(origin, 1, rawKey(this.key));
    return `${text}\n— ${origin} ${base64(Buffer.concat([id, sign(null, Buffer.from(text), key)]))}\n`;
  }

  request(old: number, size: number, note = this.note(size)): string {
    const proof = old > 0 && old < size ? consistencyProof(old, size, this.tree.getNode) : [];
    return `old ${old}\n${proof.map((hash) => `${base64(hash)}\n`).join("")}\n${note}`;
  }
}

let folder: string;
let served: ServedWitness;
let witness: Witness;
let log: Log;
const lines: string[] = [];

async function serve(patience?: WitnessPatience): Promise<void> {
  witness = Witness.open(folder, { name: "witness.example/w1", now: () => NOW });
  const logger = createLogger((line) => lines.push(line));
  served = await startWitnessServer({
    witness,
    listen: "127.0.0.1:0",
    tls: null,
    logger,
    ...(patience ? { patience } : {}),
  });
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-witness-"));
  lines.length = 0;
  log = new Log();
  await serve();
  witness.logs.follow(log.vkey);
});
afterEach(async () => {
  await served.close();
  rmSync(folder, { recursive: true, force: true });
});

async function add(body: string | Uint8Array<ArrayBuffer>) {
  const answer = await fetch(`${served.url}/add-checkpoint`, { method: "POST", body });
  return { status: answer.status, type: answer.headers.get("content-type"), body: await answer.text() };
}

describe("a served witness", () => {
  test("answers a good checkpoint with 200 and one cosignature line, byte for byte as the specification has it", async () => {
    const note = log.note(7);
    const answer = await add(log.request(0, 7));
    expect(answer.status).toBe(200);
    const [, name, encoded = ""] = /^— (\S+) (\S+)\n$/.exec(answer.body) ?? [];
    expect(name).toBe("witness.example/w1");
    const raw = Buffer.from(/^[^+]+\+[0-9a-f]{8}\+(.+)$/.exec(witness.vkey)?.[1] ?? "", "base64");
    expect(raw[0]).toBe(4);
    const bytes = Buffer.from(encoded, "base64");
    expect(bytes).toHaveLength(4 + 8 + 64);
    expect(bytes.subarray(0, 4)).toEqual(keyId("witness.example/w1", 4, raw.subarray(1)));
    expect(bytes.readBigUInt64BE(4)).toBe(BigInt(NOW));
    const signed = Buffer.from(`cosignature/v1\ntime ${NOW}\n${note.slice(0, note.indexOf("\n\n") + 1)}`);
    const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), raw.subarray(1)]);
    const key = createPublicKey({ key: spki, format: "der", type: "spki" });
    expect(verify(null, signed, key, bytes.subarray(12))).toBe(true);
  });

  test("follows a log by consistency proofs, and answers each fault with the specification's status", async () => {
    expect((await add(log.request(0, 7))).status).toBe(200);
    expect((await add(log.request(7, 13))).status).toBe(200);
    expect((await add(log.request(13, 13))).status).toBe(200);
    const other = new Log(20, "another history");
    const cases: [string, string, number][] = [
      ["of an unknown log", log.request(0, 7, log.note(7, log.key, "log.example/two")), 404],
      ["by another key", log.request(13, 15, log.note(15, other.key)), 403],
      ["with an old size above its own", log.request(14, 13), 400],
      ["that is no request", "old x\n\n", 400],
      [
        "with a proof of something else",
        log.request(13, 15).replace(/^old 13\n.*\n/, `old 13\n${base64(leafHash(Buffer.of(9)))}\n`),
        422,
      ],
    ];
    for (const [what, body, status] of cases) expect([what, (await add(body)).status]).toEqual([what, status]);
    expect(await add(log.request(7, 15))).toEqual({ status: 409, type: "text/x.tlog.size", body: "13\n" });
    expect((await add(new Uint8Array(200_000))).status).toBe(400);
    expect((await fetch(`${served.url}/add-checkpoint`)).status).toBe(405);
    expect((await fetch(`${served.url}/logs/${logId("log.example/two")}/checkpoint`)).status).toBe(404);
  });

  test("answers another root of the cosigned size with 409, and keeps what the log signed as evidence", async () => {
    await add(log.request(0, 7));
    const fork = new Log(20, "another history");
    const forged = fork.request(7, 7, fork.note(7, log.key).replace(/— .*\n$/, ""));
    const text = forged.slice(forged.indexOf("\n\n") + 2).trimEnd();
    const id = keyId(ORIGIN, 1, rawKey(log.key));
    const line = `— ${ORIGIN} ${base64(Buffer.concat([id, sign(null, Buffer.from(`${text}\n`), log.key)]))}\n`;
    expect(await add(`old 7\n\n${text}\n\n${line}`)).toEqual({ status: 409, type: "text/x.tlog.size", body: "7\n" });
    const { notes } = (await (await fetch(`${served.url}/logs/${logId(ORIGIN)}/others`)).json()) as { notes: string[] };
    expect(notes).toEqual([`${text}\n\n${line}`]);
    expect(lines.join("\n")).toContain("witness.two-roots");
    expect((await add(log.request(7, 9))).status).toBe(200);
  });

  test("row 67: of sixteen checkpoints that race from one size one is cosigned, and no later one takes it back", async () => {
    await add(log.request(0, 3));
    const answers = await Promise.all(Array.from({ length: 16 }, (_, n) => add(log.request(3, 4 + n))));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 15 }, () => 409)]);
    const won = answers.findIndex(({ status }) => status === 200) + 4;
    expect(answers.filter(({ status }) => status === 409).every(({ body }) => body === `${won}\n`)).toBe(true);
    const head = await (await fetch(`${served.url}/logs/${logId(ORIGIN)}/checkpoint`)).text();
    expect(head.split("\n")[1]).toBe(String(won));
  });

  test("remembers after a restart what it cosigned, under the same key, and shows it with its cosignature", async () => {
    const { body: line } = await add(log.request(0, 7));
    const { vkey } = witness;
    await served.close();
    await serve();
    expect(witness.vkey).toBe(vkey);
    expect((await add(log.request(0, 9))).body).toBe("7\n");
    expect(await (await fetch(`${served.url}/logs/${logId(ORIGIN)}/checkpoint`)).text()).toBe(log.note(7) + line);
  });

  test("cosigns nothing while what it remembers cannot be read", async () => {
    await add(log.request(0, 7));
    writeFileSync(join(folder, "logs", logId(ORIGIN), "head"), "nothing\n");
    expect((await add(log.request(0, 9))).status).toBe(500);
  });

  test("stores signatures of the log that hold, and no line that anybody else put under its name", async () => {
    const junk = (bytes: number) => `— ${ORIGIN} ${base64(new Uint8Array(bytes).fill(7))}\n`;
    const many = junk(60).repeat(63);
    const long = junk(3_000).repeat(15);
    const { body: line } = await add(log.request(0, 7, log.note(7) + many));
    expect(await headText()).toBe(log.note(7) + line);
    expect((await add(log.request(7, 8, log.note(8) + long))).status).toBe(200);
    const fork = new Log(20, "another history", log.key);
    expect((await add(fork.request(8, 8, fork.note(8) + many))).status).toBe(409);
    expect(await others()).toEqual([fork.note(8)]);
    expect((await add(log.request(8, 9))).status).toBe(200);
  });

  test("answers 400 to a signed head that it could not read back, and goes on from the head before", async () => {
    await add(log.request(0, 7));
    const huge = log.note(8, log.key, ORIGIN, `${"x".repeat(65_536 - Buffer.byteLength(log.note(8)) - 1)}\n`);
    expect(Buffer.byteLength(huge)).toBe(65_536);
    expect((await add(log.request(7, 8, huge))).status).toBe(400);
    expect((await add(log.request(7, 8))).status).toBe(200);
  });

  test("keeps its key to itself", () => {
    expect(statSync(join(folder, "witness.key")).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(folder, "witness.key"), "utf8")).toContain("PRIVATE KEY");
  });

  test("shows a head of another history however many heads of its own are replayed with a wrong size", async () => {
    const fork = new Log(60, "another history", log.key);
    log = new Log(60, "entry", log.key);
    for (let size = 1; size <= 20; size += 1) await add(log.request(size - 1, size));
    await add(fork.request(0, 20));
    await add(fork.request(0, 25));
    await add(log.request(20, 40));
    for (let size = 1; size <= 40; size += 1) await add(log.request(0, size));
    const shown = await others();
    expect(shown).toContain(fork.note(20));
    expect(shown).toContain(fork.note(25));
    expect(shown).not.toContain(log.note(20));
    expect(shown).not.toContain(log.note(40));
  });

  test("never gives up two roots of one size, also where it cosigned neither before or cosigns one of them later", async () => {
    const fork = new Log(60, "another history", log.key);
    log = new Log(60, "entry", log.key);
    await add(log.request(0, 5));
    for (const size of [2, 50]) for (const each of [log, fork]) await add(each.request(9, size));
    await add(fork.request(9, 12));
    await add(log.request(5, 12));
    for (let size = 13; size < 60; size += 1) await add(log.request(9, size));
    await add(log.request(12, 59));
    for (let size = 13; size < 59; size += 1) await add(log.request(9, size));
    const shown = await others();
    for (const note of [2, 50].flatMap((size) => [log.note(size), fork.note(size)])) expect(shown).toContain(note);
    expect(shown).toContain(fork.note(12));
  });

  test("answers what others asked of one log in less than an agent reads, whatever the log signed", async () => {
    await add(log.request(0, 20));
    for (let size = 1; size < 20; size += 1) {
      const note = log.note(size, log.key, ORIGIN, `${"x".repeat(65_350)}\n`);
      expect((await add(log.request(0, size, note))).status).toBe(409);
    }
    const answer = await (await fetch(`${served.url}/logs/${logId(ORIGIN)}/others`)).text();
    expect(Buffer.byteLength(answer)).toBeLessThan(1_048_576);
    expect(JSON.parse(answer).notes.length).toBeGreaterThan(10);
  });

  test("answers for each log by itself: a stray file or a damaged log beside it takes nothing from it", async () => {
    await add(log.request(0, 7));
    writeFileSync(join(folder, "logs", ".DS_Store"), "");
    mkdirSync(join(folder, "logs", logId("log.example/two")));
    writeFileSync(join(folder, "logs", logId("log.example/two"), "log.json"), "");
    expect(await headText()).toContain(ORIGIN);
    expect((await fetch(`${served.url}/logs/${logId("log.example/two")}/checkpoint`)).status).toBe(500);
    expect(witness.logs.all().map(({ origin }) => origin)).toEqual([ORIGIN]);
    expect(witness.logs.damaged()).toEqual([logId("log.example/two")]);
  });

  test("answers others while one address holds all the connections that it gets, and lets idle ones go", async () => {
    const { port } = new URL(served.url);
    const held = Array.from({ length: 200 }, () => connect(Number(port), "127.0.0.1").on("error", () => undefined));
    const closed = held.map((socket) => new Promise<void>((resolve) => socket.once("close", () => resolve())));
    const first = await Promise.race([...closed.map((each) => each.then(() => "closed"))]);
    expect(first).toBe("closed");
    await Promise.all(closed.slice(0, 100));
    const answer = await get(`${served.url}/logs/${logId(ORIGIN)}/checkpoint`, "127.0.0.2");
    expect(answer).toBe(404);
    for (const socket of held) socket.destroy();
  });

  test("lets a connection go that never ends its request, and one that asks nothing more", async () => {
    await served.close();
    await serve({ requestMs: 300, idleMs: 200 });
    const port = Number(new URL(served.url).port);
    const heard = (begin: string) =>
      new Promise<string>((resolve) => {
        let text = "";
        const socket = connect(port, "127.0.0.1", () => socket.write(begin));
        socket.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk;
        });
        socket.once("close", () => resolve(text));
      });
    const [head, body, idle] = await Promise.all([
      heard("POST /add-checkpoint HTTP/1.1\r\nHost: w\r\n"),
      heard("POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: 9\r\n\r\nold 0"),
      heard("GET /logs HTTP/1.1\r\nHost: w\r\n\r\n"),
    ]);
    expect([head, body].map((text) => text.split(" ")[1])).toEqual(["408", "408"]);
    expect(idle).toMatch(/^HTTP\/1\.1 404 /);
    expect(await get(`${served.url}/logs/${logId(ORIGIN)}/checkpoint`, "127.0.0.1")).toBe(404);
  });
});

async function headText(): Promise<string> {
  return (await fetch(`${served.url}/logs/${logId(ORIGIN)}/checkpoint`)).text();
}

async function others(): Promise<string[]> {
  const answer = await fetch(`${served.url}/logs/${logId(ORIGIN)}/others`);
  return ((await answer.json()) as { notes: string[] }).notes;
}

/** The status that one address of this machine is answered. */
function get(url: string, localAddress: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { localAddress, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .once("error", reject)
      .end();
  });
}
