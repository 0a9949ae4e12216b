import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LinkAnswer, WitnessesAnswer } from "../admin/answers.ts";
import { createAdminClient } from "./admin-client.ts";
import { CommandLineRun, PROGRAM } from "./testing/command-line-run.ts";

const line = new CommandLineRun();
let process_: ChildProcess;
let ready: { url: string; vkey: string; name: string };

beforeAll(async () => {
  await line.run("init", "--standalone");
  await line.serve(["--rest", "off", "--page", "off"]);
  const words = [
    "witness",
    "serve",
    "--data",
    line.path("witness"),
    "--listen",
    "127.0.0.1:0",
    "--name",
    "w.example/1",
  ];
  process_ = spawn(process.execPath, [PROGRAM, ...words], {
    env: line.environment(),
    stdio: ["ignore", "pipe", "ignore"],
  });
  ready = await new Promise((resolve) => process_.stdout?.once("data", (text) => resolve(JSON.parse(String(text)))));
}, 120_000);
afterAll(async () => {
  const ended = new Promise((resolve) => process_.once("close", resolve));
  process_.kill("SIGTERM");
  await ended;
  await line.close();
});

describe("a witness in a process of its own", () => {
  test("cosigns a key server's log once each was told of the other, and administrators may name it", {
    timeout: 120_000,
  }, async () => {
    const admin = createAdminClient(line.path("data", "admin.sock"));
    const standing = async () => (await admin.get<WitnessesAnswer>("/v1/witnesses")).witnesses[0];
    const [logKey = ""] = (await admin.get<WitnessesAnswer>("/v1/witnesses")).logKeys;
    const followed = await line.run("witness", "follow", "--data", line.path("witness"), logKey);
    expect(followed.json.origin).toMatch(/^holdfast\//);
    expect((await line.run("witness", "add", ready.url, ready.vkey)).code).toBe(0);
    await expect.poll(async () => (await standing())?.cosignedSize, { timeout: 30_000 }).toBeGreaterThan(0);
    expect(await standing()).toMatchObject({ name: "w.example/1", named: false, silent: false });
    const named = await line.run("witness", "name", ready.vkey);
    expect(named.json).toMatchObject({ outcome: "applied", changes: [{ kind: "adds" }] });
    expect(await standing()).toMatchObject({ named: true });
    const again = admin.post("/v1/witnesses/name", { vkey: ready.vkey });
    await expect(again).rejects.toMatchObject({ code: "E_WITNESS" });
    const unnamed = await admin.post<LinkAnswer>("/v1/witnesses/unname", { name: "w.example/1" });
    expect(unnamed).toMatchObject({ outcome: "applied", changes: [{ kind: "removes" }] });
    expect(await standing()).toMatchObject({ named: false });
  });

  test("judges what it is given before it makes anything", { timeout: 120_000 }, async () => {
    const folder = line.path("unmade");
    const text = line.path("text.pem");
    writeFileSync(text, "no certificate\n", { mode: 0o600 });
    const serve = ["witness", "serve", "--data", folder];
    const refused = await Promise.all([
      line.run(...serve, "--listen", "7450"),
      line.run(...serve, "--name", "two words"),
      line.run(...serve, "--follow", "nothing"),
      line.run(...serve, "--tls-cert", text, "--tls-key", text),
      line.run("witness", "follow", "--data", folder, "nothing"),
      line.run("witness", "add", ready.url, ready.vkey, "--ca", text),
    ]);
    const codes = ["E_LISTEN", "E_USAGE", "E_WITNESS_LOG", "E_FILE", "E_WITNESS_LOG", "E_FILE"];
    expect(refused.map(({ json }) => json.error.code)).toEqual(codes);
    expect(refused[0]?.json.error.next).toContain("127.0.0.1:7450");
    expect(existsSync(folder)).toBe(false);
  });

  test("keeps to its own folder, and an agent's is none", { timeout: 120_000 }, async () => {
    const admin = createAdminClient(line.path("data", "admin.sock"));
    const [logKey = ""] = (await admin.get<WitnessesAnswer>("/v1/witnesses")).logKeys;
    const refused = await line.run("witness", "follow", "--data", line.path("data"), logKey);
    expect(refused.json.error.code).toBe("E_WITNESS_FOLDER");
    expect(readdirSync(line.path("witness")).sort()).toEqual(["logs", "serving.lock", "witness.key"]);
    const second = await line.run("witness", "serve", "--data", line.path("witness"), "--listen", "127.0.0.1:0");
    expect(second.json.error.code).toBe("E_DATA_SERVED");
    const unit = await line.spawn(process.execPath, [PROGRAM, "witness", "service", "--data", line.path("witness")]);
    expect(unit.stdout).toMatch(/^ExecStart=.* witness serve --data /m);
    expect(unit.stdout).toContain("NoNewPrivileges=yes");
  });
});
