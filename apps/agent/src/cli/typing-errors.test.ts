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
  ] as const)("%s", { timeout: 30_000 }, async (_, words, code, what) => {
    const { json, stderr } = await line.run("key", "create", "--name", "typed", ...words);
    expect(json.error.code).toBe(code);
    expect(json.error.what).toMatch(what);
    expect(json.error.next).toContain("holdfast-agent");
    expect(stderr).not.toMatch(/items|args\.|dashboard/);
  });
  it("and the next command finds no key", { timeout: 30_000 }, async () => {
    expect((await line.run("key", "list")).json.keys).toEqual([]);
  });
});

test("a name that is longer than a request is refused as what it is", { timeout: 30_000 }, async () => {
  const { code, json } = await line.run("key", "show", "x".repeat(100_000));
  expect([code, json.error.code, json.error.what]).toEqual([2, "E_USAGE", expect.stringContaining("longer than any")]);
});
