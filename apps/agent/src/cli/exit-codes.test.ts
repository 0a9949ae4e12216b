import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AGENT_VERSION } from "../version.ts";
import { CommandLineRun } from "./testing/command-line-run.ts";

let line: CommandLineRun;
beforeAll(() => {
  line = new CommandLineRun();
});
afterAll(() => line.close());

const GRANTS = ["--grant", "encrypt on group", "--grant", "decrypt on group:default"];

describe("a command line that cannot be carried out", () => {
  it.each([
    ["no such command", ["sing"], 2, null],
    ["no such option", ["status", "--louder"], 2, "E_USAGE"],
    ["a word too many", ["status", "now"], 2, "E_USAGE"],
    ["a missing option", ["client", "create", "app"], 2, "E_USAGE"],
    [
      "a duration that is none",
      ["client", "create", "a", "--cert", "c", "--grant", "encrypt on all", "--validity", "1y"],
      2,
      "E_USAGE",
    ],
    ["a grant that is none", ["client", "create", "app", "--cert", "c", "--grant", "everything"], 2, "E_USAGE"],
    ["two grants for one group", ["client", "update", "app", ...GRANTS], 2, "E_USAGE"],
    ["a rule with and without delay", ["policy", "set", "*", "--delay", "P1D", "--no-delay"], 2, "E_USAGE"],
    ["a rule that says nothing", ["policy", "set", "*"], 2, "E_USAGE"],
    ["a rule about no act", ["policy", "set", "key.nuke", "--m", "2"], 2, "E_USAGE"],
    [
      "shares that a restore could hand to nobody",
      ["backup", "restore", "f", "--recovery", "r", "--unseal", "shares:2of3"],
      2,
      "E_USAGE",
    ],
    ["an address that is none", ["serve", "--rest", "here"], 2, "E_USAGE"],
    ["a page without TLS elsewhere", ["serve", "--page-origin", "http://keys.example"], 2, "E_USAGE"],
    ["an agent that does not run", ["status"], 1, "E_NOT_RUNNING"],
    ["no data", ["serve"], 1, null],
  ] as const)("for %s exits with its code and prints nothing to standard output", async (_, words, code, named) => {
    const ran = await line.run(...words);
    expect(ran.code).toBe(code);
    if (named === null) return;
    expect(ran.stdout).toBe("");
    expect(ran.json.error).toMatchObject({
      code: named,
      what: expect.stringMatching(/\S/),
      next: expect.stringMatching(/\S/),
    });
    expect(ran.stderr).not.toMatch(/\n\s+at /);
  });

  it("is told what to type with the data folder that was named, as it works", async () => {
    const { json } = await line.run("status", "--data", "my agent");
    expect(json.error.next).toContain("`npx holdfast-agent serve --data 'my agent'`");
  });

  it("shows what there is when asked for help, and exits 0", async () => {
    for (const words of [["--help"], ["key", "create", "--help"]]) {
      const { code, stdout } = await line.run(...words);
      expect(code).toBe(0);
      expect(stdout).toContain("holdfast-agent");
    }
  });

  it("says which version it is, without any folder", async () => {
    const { code, json } = await line.run("--version");
    expect([code, json.version]).toEqual([0, AGENT_VERSION]);
  });

  it("does not make an agent where one is", async () => {
    expect((await line.run("init", "--standalone")).code).toBe(0);
    const again = await line.run("init", "--standalone");
    expect([again.code, again.json.error.code]).toEqual([1, "E_DATA_EXISTS"]);
  });

  it("does not serve at a socket that others could open", async () => {
    mkdirSync(line.path("open"));
    chmodSync(line.path("open"), 0o755);
    const ran = await line.run(
      "serve",
      "--rest",
      "off",
      "--kmip",
      "off",
      "--page",
      "off",
      "--metrics",
      "off",
      "--admin",
      line.path("open/a.sock"),
    );
    expect([ran.code, ran.json.error.code]).toEqual([1, "E_SOCKET"]);
    expect(ran.json.error.next).toContain("chmod 700");
  });

  it("enrols nobody whose files are in the way", async () => {
    mkdirSync(line.path("taken"));
    writeFileSync(line.path("taken/client.key"), "mine");
    const ran = await line.run("client", "create", "app", "--cert", line.path("taken"), "--grant", "encrypt on all");
    expect([ran.code, ran.json.error.code]).toEqual([1, "E_FILE"]);
  });
});
