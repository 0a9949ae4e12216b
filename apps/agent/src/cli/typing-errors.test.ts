import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { CommandLineRun } from "./testing/command-line-run.ts";

const line = new CommandLineRun();
beforeAll(async () => {
  await line.run("init", "--standalone", "--unseal", `file:${line.path("kek")}`);
  await line.serve(["--rest", "off", "--page", "off"]);
}, 60_000);
afterAll(() => line.close());

describe("what is wrong with what was typed is said of the option, and nothing is made", () => {
  it.each([
    ["an alias without its beginning", ["--alias", "orders"], "E_ARGS", /^--alias orders is not an alias \(`alias\/`/],
    ["a group of capitals", ["--group", "Big One"], "E_ARGS", /^--group Big One is not a group name \(small/],
    ["a use that such keys do not have", ["--usage", "sign"], "E_ARGS", /^Keys of AES-256 do not sign/],
    ["a name of nothing but spaces", ["--name", "   "], "E_USAGE", /--name is nothing but spaces/],
    ["a name with a space at its end", ["--name", "x "], "E_USAGE", /spaces at its ends/],
    ["a name of a space that does not break", ["--name", "\u00a0"], "E_USAGE", /spaces at its ends/],
    ["a name that shows nothing", ["--name", "\u2800"], "E_USAGE", /spaces at its ends/],
    ["a name that turns letters round", ["--name", "a\u202eb"], "E_USAGE", /--name has characters/],
  ] as const)("%s", { timeout: 30_000 }, async (_, words, code, what) => {
    const name = words[0] === "--name" ? [] : ["--name", "typed"];
    const { json, stderr } = await line.run("key", "create", ...name, ...words);
    expect(json.error.code).toBe(code);
    expect(json.error.what).toMatch(what);
    expect(json.error.next).toContain("holdfast-agent");
    expect(stderr).not.toMatch(/items|args\.|dashboard/);
    expect((await line.run("key", "list")).json.keys).toEqual([]);
  });
});

test("a name that is longer than a request is refused as what it is", { timeout: 30_000 }, async () => {
  const { code, json } = await line.run("key", "show", "x".repeat(100_000));
  expect([code, json.error.code, json.error.what]).toEqual([2, "E_USAGE", expect.stringContaining("longer than any")]);
});
