import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
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
  it("is not made where a share cannot be handed out: nothing is left, and init can be run again", async () => {
    const folder = line.path("taken");
    mkdirSync(folder, { mode: 0o700 });
    writeFileSync(line.path("taken", "share-2.txt"), "mine");
    const words = ["init", "--standalone", "--unseal", "shares:2of3", "--shares-to"];
    expect((await line.run(...words, folder)).json).toMatchObject({ error: { code: "E_FILE" } });
    // Found out only while they are written: the folder is there, and others can write it.
    mkdirSync(line.path("open"));
    chmodSync(line.path("open"), 0o777);
    expect((await line.run(...words, line.path("open"))).json).toMatchObject({ error: { code: "E_FILE" } });
    expect([readdirSync(folder), readdirSync(line.path("open"))]).toEqual([["share-2.txt"], []]);
    expect([existsSync(line.path("data")), readdirSync(line.path("config", "holdfast"))]).toEqual([false, []]);
  });

  it("is not made with its shares in the data folder", async () => {
    const words = ["--standalone", "--unseal", "shares:2of3", "--shares-to", line.path("data", "shares")];
    expect((await line.run("init", ...words)).json).toMatchObject({ error: { code: "E_KEK_PATH" } });
    expect(existsSync(line.path("data"))).toBe(false);
  });

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
    symlinkSync(line.path("data"), line.path("alias"));
    const inside = line.path("alias", "new");
    const refused = await line.run("rekey", "--unseal", "shares:2of3", "--shares-to", inside);
    expect([refused.json.error.code, existsSync(inside)]).toEqual(["E_KEK_PATH", false]);
    expect((await line.run("rekey", "--unseal", "file")).json).toMatchObject({ kek: "file" });
  });

  it("keeps what opens it when new shares cannot be handed out, and its command says so", async () => {
    const { kek: before, kekPath } = await presentFile();
    for (const folder of [line.path("taken"), line.path("open")]) {
      const refused = await line.run("rekey", "--unseal", "shares:2of3", "--shares-to", folder);
      expect(refused.json).toMatchObject({ error: { code: "E_FILE", what: expect.stringContaining("as it was") } });
    }
    const slip = await line.run("rekey", "--unseal", `file:${line.path("nonexist", "k")}`);
    expect(slip.json).toMatchObject({ error: { code: "E_KEK_PLACE" } });
    expect([await presentFile(), existsSync(line.path("nonexist"))]).toEqual([{ kek: before, kekPath }, false]);
  });

  it("opens by new shares once they are in files, and by the file again", async () => {
    const to = line.path("second");
    const { json } = await line.run("rekey", "--unseal", "shares:2of3", "--shares-to", to);
    const { json: status } = await line.run("status");
    expect([json.kek, json.files.length, status.kek, status.shareSet]).toEqual(["shares", 3, "shares", json.set]);
    expect((await presentFile()).kekPath).toBeNull();
    for (const number of [1, 3]) {
      expect(readFileSync(`${to}/share-${number}.txt`, "utf8")).toContain(`set ${json.set}`);
      expect((await line.run("unseal", "--share-file", `${to}/share-${number}.txt`)).code).toBe(0);
    }
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

/** What opens the agent now, and its file where that is one. */
async function presentFile() {
  const { json } = await line.run("status");
  const found = readdirSync(line.path("config", "holdfast")).filter((name) => name.endsWith(".kek"));
  return { kek: json.kek, kekPath: found[0] ?? null };
}

async function wordsOf(number: number): Promise<string> {
  const [, ...rest] = readFileSync(share(number), "utf8").trim().split("\n\n");
  return rest.join(" ").replace(/\s+/g, " ").trim();
}
