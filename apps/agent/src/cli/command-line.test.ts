import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { freePort } from "../local-page/testing/page-caller.ts";
import { CommandLineRun, PROGRAM } from "./testing/command-line-run.ts";

const AGENT = fileURLToPath(new URL("..", import.meta.url));
const MODULES = fileURLToPath(new URL("../../../../node_modules/", import.meta.url));

/** Writes every file that the program loads into the file LOADED, or without it to standard error, one a line. */
const LISTING = `data:text/javascript,${encodeURIComponent(`
  import { appendFileSync } from "node:fs";
  import { registerHooks } from "node:module";
  const { LOADED } = process.env;
  registerHooks({
    load(url, context, next) {
      if (LOADED) appendFileSync(LOADED, url + "\\n");
      else process.stderr.write(url + "\\n");
      return next(url, context);
    },
  });
`)}`;

/** The files that a command line loads, from its start to its end. */
function loadedFor(...words: string[]): string[] {
  const ran = spawnSync(process.execPath, ["--import", LISTING, PROGRAM, ...words], { encoding: "utf8" });
  expect(ran.status).toBe(0);
  return filesIn(ran.stderr);
}

const filesIn = (listed: string) =>
  listed.split("\n").flatMap((line) => (line.startsWith("file:") ? [fileURLToPath(line)] : []));

const ofAgent = (files: readonly string[]) =>
  files.filter((file) => file.startsWith(AGENT)).map((file) => relative(AGENT, file));
const ofOthers = (files: readonly string[]) =>
  new Set(files.filter((file) => file.startsWith(MODULES)).map((file) => relative(MODULES, file).split("/")[0]));

test("the command line by itself loads no command and no part of the agent", () => {
  const files = loadedFor("--help");
  expect(ofAgent(files).toSorted()).toEqual([
    "cli/admin-client.ts",
    "cli/arguments.ts",
    "cli/cli-error.ts",
    "cli/closed-output.ts",
    "cli/command-line.ts",
    "cli/command-table.ts",
    "cli/output.ts",
    "cli/read-time.ts",
    "json-http/take-answer.ts",
    "main.ts",
    "spell-command.ts",
    "version.ts",
  ]);
  expect(ofOthers(files)).toEqual(new Set(["@noble"]));
});

test("a command that asks the serving agent loads its own texts, and nothing of the agent itself", () => {
  const files = loadedFor("key", "list", "--help");
  expect(ofAgent(files)).toContain("cli/key-list.ts");
  expect(ofAgent(files)).not.toContain("cli/key-show.ts");
  expect(ofAgent(files).filter((file) => file.includes("/") && !/^(cli|json-http)\//.test(file))).toEqual([]);
  expect(ofOthers(files)).toEqual(new Set(["@noble"]));
});

test("a key server loads what draws a report with the first report, and what sends mail with the first message", async () => {
  const line = new CommandLineRun();
  try {
    await line.run("init", "--standalone");
    const listed = line.path("loaded");
    const hooks = { NODE_OPTIONS: `--import=${LISTING}`, LOADED: listed };
    const served = await line.serve(["--rest", "127.0.0.1:0", "--page", "off"], "config", hooks);
    const loaded = () => ofOthers(filesIn(readFileSync(listed, "utf8")));
    expect(loaded()).toContain("@noble");
    expect([...loaded()].filter((name) => ["pdfkit", "fontkit", "nodemailer"].includes(name ?? ""))).toEqual([]);
    expect((await line.run("report", "--out", line.path("report"))).code).toBe(0);
    expect(loaded()).toContain("pdfkit");
    expect(loaded()).not.toContain("nodemailer");
    const mail = ["--smtp", `smtps://127.0.0.1:${await freePort()}`, "--from", "k@a.example", "--to", "p@a.example"];
    expect((await line.run("notices", "set", ...mail)).code).toBe(0);
    const { stdout } = await line.run("notices", "test");
    expect(JSON.parse(stdout)).toMatchObject({ deliveries: [{ code: "C_UNREACHABLE" }] });
    expect(loaded()).toContain("nodemailer");
    expect(await served.stop()).toBe(0);
  } finally {
    await line.close();
  }
});
