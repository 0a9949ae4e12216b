import { mkdirSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CommandLineRun, type Ran } from "./testing/command-line-run.ts";

const line = new CommandLineRun();
const passphrase = line.path("passphrase");
let made: Ran;
beforeAll(async () => {
  writeFileSync(passphrase, "a passphrase of this agent\n", { mode: 0o600 });
  made = await line.run("init", "--standalone", "--unseal", "passphrase", "--passphrase-file", passphrase);
  await line.serve(["--rest", "off", "--page", "off"]);
}, 120_000);
afterAll(() => line.close());

test("a passphrase that goes into a script's output is warned of beside it", () => {
  expect(made.json.recoveryPassphrase).toMatch(/\S{8}/);
  expect(made.stderr).toMatch(/recovery file's passphrase.*--recovery-passphrase-file/);
  expect(made.stderr).not.toContain(made.json.recoveryPassphrase);
});

test("a passphrase given to an agent that is not sealed is said not to have been tried", {
  timeout: 120_000,
}, async () => {
  expect((await line.run("unseal", "--passphrase-file", passphrase)).json).toEqual({ sealed: false, wasSealed: true });
  const wrong = line.path("wrong");
  writeFileSync(wrong, "another passphrase altogether", { mode: 0o600 });
  const untried = await line.run("unseal", "--passphrase-file", wrong);
  expect(untried.json).toEqual({ sealed: false, wasSealed: false });
});

test("a backup policy answers with how each destination stands, and stands although one fails", {
  timeout: 120_000,
}, async () => {
  mkdirSync(line.path("there"), { mode: 0o700 });
  const folders = [`there=${line.path("there")}`, `gone=${line.path("gone")}`];
  const set = await line.run("backup", "policy", ...folders.flatMap((folder) => ["--directory", folder]));
  expect(set.code).toBe(0);
  expect(set.json.places).toEqual([
    expect.objectContaining({ name: "there", code: null }),
    expect.objectContaining({ name: "gone", code: expect.stringMatching(/^E_/), what: expect.any(String) }),
  ]);
  expect(set.json.warning).toContain("no backup reaches gone");
  const { json } = await line.run("backup", "policy");
  expect(json.policy.destinations).toHaveLength(2);
});

test("a backup is not written onto a file that is there, and the file is said to be there", {
  timeout: 60_000,
}, async () => {
  writeFileSync(line.path("taken"), "mine");
  const { code, json } = await line.run("backup", "create", "--out", line.path("taken"));
  expect([code, json.error.code, json.error.what]).toEqual([1, "E_FILE", expect.stringContaining("is there already")]);
});

test("a schedule is ended once; one that is not there is refused, with those that are", {
  timeout: 60_000,
}, async () => {
  await line.run("key", "create", "--name", "planned");
  await line.run("schedule", "set", "planned", "--do", "rotate", "--every", "P90D");
  const clear = () => line.run("schedule", "clear", "planned", "--do", "rotate");
  expect((await clear()).json).toMatchObject({ cleared: true, schedules: [] });
  const { code, json } = await clear();
  expect([code, json.error.code, json.error.what]).toEqual([1, "E_PRESTATE", expect.stringContaining("none at all")]);
});
