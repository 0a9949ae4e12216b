import { readdirSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CommandLineRun, PROGRAM } from "./testing/command-line-run.ts";

const line = new CommandLineRun();
beforeAll(async () => {
  await line.run("init", "--standalone");
  await line.serve(["--rest", "off", "--page", "off"]);
  writeFileSync(line.path("taken"), "mine");
  writeFileSync(line.path("half.pem"), "mine");
}, 120_000);
afterAll(() => line.close());

/** What the agent holds open, and what stands at the end of its log. */
async function held(): Promise<readonly unknown[]> {
  const [imports, log] = [await line.run("import", "list"), await line.run("audit", "tail")];
  return [imports.json.imports, log.json.entries];
}

test("a command whose --out cannot be written asks nothing of anybody, begins nothing and leaves no file", {
  timeout: 240_000,
}, async () => {
  const [before, files] = [await held(), readdirSync(line.root).sort()];
  const wanted: [string, string, string[]][] = [
    ["taken", "is there already", ["import", "begin"]],
    ["nowhere/offer", "there is no folder", ["import", "begin"]],
    ["half", "half.pem is there already", ["import", "begin", "--form", "rsa-kwp"]],
    ["taken", "is there already", ["key", "export", "leaves", "--to", "intro:none"]],
    ["taken", "is there already", ["server-cert", "csr", "--name", "a"]],
    ["nowhere/log", "there is no folder", ["audit", "export"]],
    ["taken", "is there already", ["escrow", "custodian-key", "--name", "A"]],
    ["taken", "is there already", ["import", "seal", "--offer", "none"]],
    ["taken", "is there already", ["escrow", "give", "--order", "none"]],
  ];
  for (const [out, why, words] of wanted) {
    const { code, json } = await line.run(...words, "--out", line.path(out));
    expect([words, code, json.error.code, json.error.what]).toEqual([words, 1, "E_FILE", expect.stringContaining(why)]);
    expect(json.error.next).toContain("Nothing was asked for");
  }
  expect([await held(), readdirSync(line.root).sort()]).toEqual([before, files]);
});

test("an import whose offer cannot be written once it is open is named, with the command that writes it again", {
  timeout: 120_000,
}, async () => {
  const full = 'trap "" XFSZ; ulimit -f 0; exec "$@"';
  const words = ["import", "begin", "--out", line.path("late"), "--json"];
  const { code, json } = await line.spawn("sh", ["-c", full, "sh", process.execPath, PROGRAM, ...words]);
  const [{ importId }] = (await line.run("import", "list")).json.imports;
  expect([code, json.error.code, json.error.what]).toEqual([1, "E_FILE", expect.stringContaining(importId)]);
  expect(json.error.next).toContain(`import offer ${importId} --out`);
  expect((await line.run("import", "offer", importId, "--out", line.path("late"))).json.files).toEqual([
    line.path("late"),
  ]);
});
