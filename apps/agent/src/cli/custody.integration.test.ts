import { readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort, PageCaller } from "../local-page/testing/page-caller.ts";
import { CommandLineRun, type Served } from "./testing/command-line-run.ts";

let line: CommandLineRun;
let served: Served;
let port: number;
let metrics: number;
beforeAll(async () => {
  line = new CommandLineRun();
  [port, metrics] = [await freePort(), await freePort()];
});
afterAll(() => line.close());

const listeners = () => [
  "--rest",
  "off",
  "--kmip",
  "off",
  "--metrics",
  `127.0.0.1:${metrics}`,
  "--page",
  `127.0.0.1:${port}`,
];
const share = (number: number) => line.path("shares", `share-${number}.txt`);
const give = (number: number) => line.run("unseal", "--share-file", share(number));
const ready = async () => (await fetch(`http://127.0.0.1:${metrics}/readyz`)).status;

describe("an agent that custodians open, by command line and page", () => {
  it("is made with one file for each custodian, and starts sealed", async () => {
    const made = await line.run("init", "--standalone", "--unseal", "shares:2of3", "--shares-to", line.path("shares"));
    expect(made.json).toMatchObject({ unseal: "shares", shareFiles: [share(1), share(2), share(3)] });
    expect(readdirSync(line.path("data")).join()).not.toContain("share");
    served = await line.serve(listeners());
    expect([served.ready.sealed, await ready()]).toEqual([true, 503]);
  });

  it("takes one share at the command line and the next at its page, and is open", async () => {
    expect((await give(3)).json).toEqual({ sealed: true, shares: { given: 1, needed: 2, of: 3 } });
    const page = new PageCaller(served.ready.page, port);
    expect((await page.call("/page/hello")).json).toMatchObject({ sealed: true, shares: { given: 1, needed: 2 } });
    const words = await wordsOf(1);
    const wrong = await page.call("/page/unseal", { body: { share: words.replace(/^1/, "2") } });
    expect([wrong.json.code, wrong.text.includes(words.split(" ").slice(2, 5).join(" "))]).toEqual([
      "E_UNSEAL_SHARE",
      false,
    ]);
    expect((await page.call("/page/unseal", { body: { share: words } })).json).toMatchObject({ sealed: false });
    expect(await ready()).toBe(200);
    expect((await page.call("/page/unseal", { body: { share: words } })).json.code).toBe("E_SHARES_NEEDED");
  });

  it("brings its keys under a new key-encryption key while it serves", async () => {
    await line.run("key", "create", "--name", "orders");
    expect((await line.run("kek", "rotate", "--wait")).json).toMatchObject({ current: 2, rotation: null, left: 0 });
    expect((await line.run("kek", "status")).json).toMatchObject({ keks: [{ number: 2 }] });
  });

  it("is opened in another way only by a quorum of those who open it now", async () => {
    expect((await line.run("rekey", "--unseal", "file")).json).toMatchObject({ error: { code: "E_SHARES_NEEDED" } });
    await give(1);
    await give(2);
    expect((await line.run("rekey", "--unseal", "file")).json).toMatchObject({ kek: "file" });
    await served.stop("SIGTERM");
    served = await line.serve(listeners());
    expect(served.ready.sealed).toBe(false);
    const { checks } = (await line.run("doctor")).json;
    const named = (name: string) => checks.find((each: { name: string }) => each.name === name)?.result;
    expect(["core dumps", "self-tests", "bootstrap loop", "key-encryption keys"].map(named)).toEqual(
      new Array(4).fill("good"),
    );
    await served.stop("SIGTERM");
  });

  it("does not serve without a FIPS provider where one is required", async () => {
    const refused = await line.run("serve", "--require-fips", ...listeners());
    expect([refused.code, refused.json.error.code]).toEqual([1, "E_FIPS"]);
  });
});

async function wordsOf(number: number): Promise<string> {
  const { readFileSync } = await import("node:fs");
  const [, ...rest] = readFileSync(share(number), "utf8").trim().split("\n\n");
  return rest.join(" ").replace(/\s+/g, " ").trim();
}
