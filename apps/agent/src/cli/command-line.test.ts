import { spawnSync } from "node:child_process";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { PROGRAM } from "./testing/command-line-run.ts";

const AGENT = fileURLToPath(new URL("..", import.meta.url));
const MODULES = fileURLToPath(new URL("../../../../node_modules/", import.meta.url));

/** Writes every file that the program loads to standard error, one a line. */
const LISTING = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from "node:module";
  registerHooks({
    load(url, context, next) {
      process.stderr.write(url + "\\n");
      return next(url, context);
    },
  });
`)}`;

/** The files that a command line loads, from its start to its end. */
function loadedFor(...words: string[]): string[] {
  const ran = spawnSync(process.execPath, ["--import", LISTING, PROGRAM, ...words], { encoding: "utf8" });
  expect(ran.status).toBe(0);
  return ran.stderr.split("\n").flatMap((line) => (line.startsWith("file:") ? [fileURLToPath(line)] : []));
}

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
