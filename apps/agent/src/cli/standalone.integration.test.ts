import { createDecipheriv, randomBytes } from "node:crypto";
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../local-page/testing/page-caller.ts";
import { CommandLineRun, PROGRAM, type Ran, type Served } from "./testing/command-line-run.ts";

const README = readFileSync(fileURLToPath(new URL("../../../../README.md", import.meta.url)), "utf8");
const PLAINTEXT = "hello";

let line: CommandLineRun;
let port: number;
let made: { recoveryFile: string; recoveryPassphrase: string };
let served: Served;
let ciphertext: string;
let reports: readonly string[];
beforeAll(async () => {
  line = new CommandLineRun();
  port = await freePort();
});
afterAll(() => line.close());

/** The README's commands for a key server alone, each one line, in the data folder and port of this test. */
function readmeCommands(): string[] {
  const block = /## A key server alone[\s\S]*?```\n([\s\S]*?)```/.exec(README)?.[1] ?? "";
  return block
    .replaceAll("\\\n", " ")
    .trim()
    .split("\n")
    .map((each) =>
      each.replaceAll("--data ./agent", `--data ${line.path("data")}`).replace("localhost:7443", `localhost:${port}`),
    );
}

/** Types a line at a shell in which `npx holdfast-agent` is this checkout's. */
function type(command: string): Promise<Ran> {
  const npx = `npx() { shift; "${process.execPath}" "${PROGRAM}" "$@"; }`;
  return line.spawn("bash", ["-c", `${npx}\n${command}`]);
}

const rest = () => ["--rest", `127.0.0.1:${port}`, "--page", "off"];

function curl(path: string, body: object): Promise<Ran> {
  const tls = ["--cert", "app/client.crt", "--key", "app/client.key", "--cacert", "app/ca.crt"];
  const json = ["-H", "content-type: application/json", "-d", JSON.stringify(body)];
  return line.spawn("curl", ["-sS", "--max-time", "20", ...tls, ...json, `https://localhost:${port}${path}`]);
}

async function opened(): Promise<string> {
  const { json } = await curl("/v1/decrypt", { ciphertext });
  return Buffer.from(json?.plaintext ?? "", "base64").toString("utf8");
}

/** Opens a ciphertext of the REST API with a raw key, by docs/spec/ciphertext.md; null when it is another key's. */
function openWith(key: Uint8Array, sealed: Buffer): string | null {
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(21, 33));
  decipher.setAAD(sealed.subarray(0, 21)).setAuthTag(sealed.subarray(-16));
  const text = decipher.update(sealed.subarray(33, -16));
  try {
    return Buffer.concat([text, decipher.final()]).toString("utf8");
  } catch {
    return null;
  }
}

/** Tries every 32 bytes in a row as the key. */
function findKey(bytes: Buffer, sealed: Buffer): string | null {
  for (let at = 0; at + 32 <= bytes.length; at += 1) {
    const text = openWith(bytes.subarray(at, at + 32), sealed);
    if (text === PLAINTEXT) return text;
  }
  return null;
}

describe("a key server alone", () => {
  it("encrypts after the README's five commands, pasted as they stand there, with a real curl", async () => {
    const [init = "", serve = "", key = "", client = "", encrypt = "", ...more] = readmeCommands();
    expect([more, serve.endsWith("&")]).toEqual([[], true]);
    const initialised = await type(`${init} --json`);
    expect(initialised.code).toBe(0);
    made = initialised.json;
    const serving = line.serve(rest()); // goes on starting while the next command is typed
    for (const command of [key, client]) expect(await type(command)).toMatchObject({ code: 0, stderr: "" });
    served = await serving;
    expect(served.ready).toMatchObject({ ready: true, sealed: false, page: null });
    const answer = await type(encrypt);
    expect(answer.code).toBe(0);
    expect(answer.json).toMatchObject({ keyId: expect.stringMatching(/^k_/), version: 1 });
    ciphertext = answer.json.ciphertext;
    expect(await opened()).toBe(PLAINTEXT);
  });

  it.each([
    ["status"],
    ["key list"],
    ["key show alias/orders"],
    ["client list"],
    ["command list"],
    ["audit tail"],
    ["audit verify"],
    ["audit refusals"],
    ["doctor"],
  ])("answers `%s` with one JSON document and exits 0", async (words) => {
    const { code, json, stdout } = await line.run(...words.split(" "));
    expect(code).toBe(0);
    expect(json).not.toBeNull();
    expect(stdout.trimEnd().split("\n")).toHaveLength(1);
  });

  it("writes its systemd unit where its output goes, as it is, and as JSON when asked", async () => {
    const file = line.path("agent.service");
    expect(await type(`npx holdfast-agent service > ${file}`)).toMatchObject({ code: 0, stderr: "" });
    const unit = readFileSync(file, "utf8");
    expect(unit).toMatch(/^\[Unit\]\n[\s\S]*\nExecStart=[^\n]* serve --data [\s\S]*WantedBy=multi-user\.target\n$/);
    expect((await line.run("service")).json).toEqual({ unit });
  });

  it("exits 1 with a code for a key that is not there", async () => {
    const { code, json } = await line.run("key", "show", "nosuch");
    expect([code, json.error.code]).toEqual([1, "E_NOT_FOUND"]);
  });

  it("tells what is left of a key's limit after each use, and after a restart", async () => {
    const made = await line.run("key", "create", "--name", "few", "--limit", "100", "--alias", "alias/few");
    expect(made).toMatchObject({ code: 0, json: { limit: { unit: "object", total: 100, spent: 0, remaining: 100 } } });
    const shown = async () => (await line.run("key", "show", "alias/few")).json.limit;
    for (const spent of [1, 2]) {
      expect((await curl("/v1/keys/alias%2Ffew/encrypt", { plaintext: "aGVsbG8=" })).json?.code).toBeUndefined();
      expect(await shown()).toEqual({ unit: "object", total: 100, spent, remaining: 100 - spent });
    }
    expect(await served.stop()).toBe(0);
    served = await line.serve(rest());
    expect(await shown()).toEqual({ unit: "object", total: 100, spent: 2, remaining: 98 });
  });

  it("refuses a stranger without a certificate, and a client what it was not granted", async () => {
    const bare = await line.spawn("curl", ["-sS", "-k", "--max-time", "20", `https://localhost:${port}/v1/keys`]);
    expect(`${bare.code} ${bare.stdout}`).not.toMatch(/^0 .*"keys"/);
    const { json } = await curl("/v1/random", { bytes: 8 });
    expect(json?.code).not.toBeUndefined();
  });

  it("opens old ciphertexts after its data folder was lost and a backup restored, under a new key-encryption key", async () => {
    const backup = line.path("orders.backup");
    expect((await line.run("backup", "create", "--out", backup)).code).toBe(0);
    expect((await line.run("policy", "set", "key.label", "--life", "PT2H")).code).toBe(0);
    reports = (await line.run("report", "--out", line.path("reports"))).json.files;
    expect((await line.run("restore", "links", String(reports[0]))).json.error.code).toBe("E_USAGE");
    expect(await served.stop()).toBe(0);
    rmSync(line.path("data"), { recursive: true });
    writeFileSync(line.path("passphrase"), made.recoveryPassphrase, { mode: 0o600 });
    const recovery = ["--recovery", made.recoveryFile, "--recovery-passphrase-file", line.path("passphrase")];
    const wrong = line.path("wrong");
    writeFileSync(wrong, "not the passphrase", { mode: 0o600 });
    const refused = await line.run(
      "backup",
      "restore",
      backup,
      "--recovery",
      made.recoveryFile,
      "--recovery-passphrase-file",
      wrong,
    );
    expect(refused.code).toBe(1);
    const kek = ["--unseal", `file:${line.path("new.kek")}`];
    const restored = await line.run("backup", "restore", backup, ...recovery, ...kek);
    expect([restored.code, restored.stderr]).toEqual([0, ""]);
    served = await line.serve(rest());
    expect(served.ready).toMatchObject({ sealed: false });
    expect(await opened()).toBe(PLAINTEXT);
    const early = await line.run("key", "create", "--name", "early");
    expect([early.code, early.json.error.code]).toEqual([1, "E_RECOVERING"]);
  });

  it("takes the changes that came after its backup from a report, once, and from nothing else", async () => {
    const bring = (report: string) => line.run("restore", "links", report);
    const cut = line.path("cut.pdf");
    writeFileSync(cut, "%PDF-1.7 and no report");
    const refused = await bring(cut);
    expect([refused.code, refused.json.error]).toMatchObject([
      1,
      { code: "E_FILE", detail: { because: "V_PDF_EVIDENCE" }, next: expect.stringMatching(/newest report/) },
    ]);
    const [pdf = "", bundle = ""] = reports;
    const learnt = { learnt: 1, restored: { knew: { seq: 0 }, now: { seq: 1 } } };
    expect(await bring(pdf)).toMatchObject({ code: 0, json: learnt });
    const { policy } = (await line.run("policy", "list")).json as { policy: { act: string; maxTtlSec: number }[] };
    expect(policy.find(({ act }) => act === "key.label")?.maxTtlSec).toBe(7_200);
    expect(await bring(bundle)).toMatchObject({ code: 0, json: { ...learnt, learnt: 0 } });
  });
});

describe("a stolen data folder", () => {
  it("stays sealed without its key-encryption key: it opens nothing and says which file is missing", async () => {
    await served.stop();
    rmSync(line.path("new.kek"));
    served = await line.serve(rest(), "thief");
    expect(served.ready).toMatchObject({ sealed: true });
    expect(await opened()).toBe("");
    const unsealed = await line.run("unseal");
    expect([unsealed.code, unsealed.json.error.code]).toEqual([1, "E_KEK_FILE"]);
    expect(await served.stop()).toBe(0);
  });

  it("holds the key nowhere: no 32 bytes of any of its files open the ciphertext", () => {
    const sealed = Buffer.from(ciphertext, "base64");
    const stolen = line.path("stolen");
    cpSync(line.path("data"), stolen, { recursive: true, filter: (from) => !from.endsWith(".sock") });
    const names = readdirSync(stolen, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
    expect(names.map(({ name }) => name)).toContain("agent.db");
    for (const { parentPath, name } of names)
      expect([name, findKey(readFileSync(join(parentPath, name)), sealed)]).toEqual([name, null]);
  });

  it("holds wrapped keys only, whose bytes do not open it either", () => {
    const db = new DatabaseSync(line.path("stolen/agent.db"), { readOnly: true });
    const tables = db.prepare("select name from sqlite_schema where type = 'table'").all() as { name: string }[];
    const values = tables
      .flatMap(({ name }) => db.prepare(`select * from "${name}"`).all())
      .flatMap((row) => Object.values(row));
    db.close();
    const blobs = values.filter((value) => value instanceof Uint8Array).map((value) => Buffer.from(value));
    expect(blobs.length).toBeGreaterThan(0);
    const texts = values
      .filter((value) => typeof value === "string" && value.length >= 43)
      .map((value) => Buffer.from(String(value), "base64url"));
    for (const bytes of [...blobs, ...texts]) expect(findKey(bytes, Buffer.from(ciphertext, "base64"))).toBeNull();
  });

  it("would be found out by this search, were the key in it", async () => {
    const { createCipheriv } = await import("node:crypto");
    const [key, iv] = [randomBytes(32), randomBytes(12)];
    const head = Buffer.from(ciphertext, "base64").subarray(0, 21);
    const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(head);
    const body = Buffer.concat([cipher.update(PLAINTEXT), cipher.final()]);
    const sealed = Buffer.concat([head, iv, body, cipher.getAuthTag()]);
    expect(findKey(Buffer.concat([randomBytes(1_000), key, randomBytes(1_000)]), sealed)).toBe(PLAINTEXT);
  });
});
