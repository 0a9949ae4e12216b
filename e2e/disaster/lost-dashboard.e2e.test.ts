import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAdminClient } from "../../apps/agent/src/cli/admin-client.ts";
import { CommandLineRun } from "../../apps/agent/src/cli/testing/command-line-run.ts";
import { RestClient } from "../../apps/agent/src/endpoints/rest/testing/rest-client.ts";
import { openBrowser } from "../support/chromium.ts";
import { MachineClock } from "../support/clock.ts";
import { approve, type FirstObjects, type Founded, foundEnvironment, makeFirstObjects } from "../support/first-run.ts";
import { wordsOn } from "../support/heard-words.ts";
import { KeyServer } from "../support/key-server.ts";
import { Person } from "../support/person.ts";
import { freePorts, type Product, type ProductPorts, startProduct } from "../support/product.ts";

let folder: string;
let ports: ProductPorts;
let product: Product;
let browser: { browser: Browser; close: () => Promise<void> };
let ada: Person;
let founded: Founded;
let objects: FirstObjects;
let server: KeyServer;
const line = new CommandLineRun();

const place = () => ({ data: join(folder, "data"), config: join(folder, "config"), ports });
const agentData = () => join(folder, "data/agent");
const database = () => join(folder, "data/postgres");

/** Owners and modes as well: the database runs as a user of its own where the tests run as root. */
function copyWhole(from: string, to: string): void {
  const { status, stderr } = spawnSync("cp", ["-a", from, to], { encoding: "utf8" });
  if (status !== 0) throw new TypeError(stderr);
}

async function start(): Promise<void> {
  product = await startProduct(place());
  await product.waitFor(/Ctrl-C stops everything/);
  server = new KeyServer(product);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-lost-dashboard-"));
  ports = await freePorts();
  await start();
  browser = await openBrowser();
  ada = await Person.arrive(browser.browser);
  founded = await foundEnvironment(ada, product);
  objects = await makeFirstObjects(ada, founded, join(folder, "client"));
});

afterAll(async () => {
  await ada?.leave();
  await browser?.close();
  await product?.stop();
  await line.close();
  rmSync(folder, { recursive: true, force: true });
});

const approveAt = async (url: string) => ada.close(await approve(ada, url));
const rotate = () => server.propose({ act: "key.rotate", args: {}, key: objects.keyId });
const versionOf = async () => (await server.keys()).find(({ keyId }) => keyId === objects.keyId)?.version;

function application(): RestClient {
  const [cert, key, ca] = [objects.files.crt, objects.files.key, objects.files.ca].map((path) =>
    readFileSync(path, "utf8"),
  ) as [string, string, string];
  return new RestClient(product.restUrl, { cert, key, ca });
}

describe("the dashboard's database", () => {
  it("row 69: restored from a week ago, brings no key back to what it was: its old requests are refused, and it is told again what it lost", async () => {
    const [first, second] = [await rotate(), await rotate()];
    await product.halt();
    copyWhole(database(), join(folder, "a-week-ago"));
    await start();
    await approveAt(first.approveUrl ?? "");
    const made = await server.propose({
      act: "key.create",
      args: {
        items: [
          {
            label: "made since",
            algorithm: "AES-256",
            usage: ["encrypt", "decrypt"],
            group: "default",
            extractable: false,
          },
        ],
      },
    });
    await approveAt(made.approveUrl ?? "");
    const before = await server.standing();
    expect(await versionOf()).toBe(2);
    await product.halt();
    rmSync(database(), { recursive: true });
    copyWhole(join(folder, "a-week-ago"), database());
    await start();
    expect(await server.standing()).toMatchObject({ keys: before.keys });
    const page = await ada.open(second.approveUrl ?? "");
    await page.getByText("E_PRESTATE").first().waitFor();
    await ada.close(page);
    expect(await versionOf()).toBe(2);
    const dashboard: Page = await ada.open(`${founded.place}/keys`);
    await dashboard.getByText("made since").first().waitFor();
    await dashboard
      .getByText(/checked/i)
      .first()
      .waitFor();
    await ada.close(dashboard);
    const again = await rotate();
    await approveAt(again.approveUrl ?? "");
    expect(await versionOf()).toBe(3);
  });

  it("gone for ever, leaves use, administration and recovery by page and command line", async () => {
    const rest = application();
    const { json } = await rest.post(`/v1/keys/${objects.keyId}/encrypt`, { plaintext: btoa("before") });
    await product.halt();
    rmSync(database(), { recursive: true });
    const clock = new MachineClock(join(folder, "clock"));
    const listen = (name: "rest" | "page") => [`--${name}`, `127.0.0.1:${ports[name]}`];
    const env = { ...clock.environment, XDG_CONFIG_HOME: place().config };
    const words = ["--data", agentData(), ...listen("rest"), ...listen("page")];
    await line.serve([...words, "--page-origin", product.pageOrigin], "config", env);
    const run = (...command: string[]) => line.run(...command, "--data", agentData());
    const opened = await rest.post("/v1/decrypt", { ciphertext: json.ciphertext });
    expect(atob(opened.json.plaintext)).toBe("before");
    const alone = await run("key", "create", "--name", "alone", "--algorithm", "AES-256");
    await approveAt(alone.json.approveUrl);

    const fresh = await Person.arrive(browser.browser);
    const begun = await run("recover", "begin");
    const [invited] = begun.json.invited as { url: string; inviteId: string }[];
    const page = await fresh.open(invited?.url ?? "");
    for (const name of ["Begin", "Create approval passkey", "Use the passkey", "One is enough for now"])
      await page.getByRole("button", { name }).click();
    await page.locator(".words-line").waitFor();
    const heard = (await wordsOn(page)).join(" ");
    await run("recover", "propose", "--invited", invited?.inviteId ?? "", "--words", heard);
    await page.getByLabel("The 24 words of the replacement key").fill(founded.replacementKey.join(" "));
    await page.getByRole("button", { name: "Sign the recovery" }).click();
    await page.getByRole("heading", { name: "The recovery is under way" }).waitFor();
    await clock.pass(72 * 3_600 + 300, createAdminClient(join(agentData(), "admin.sock")));
    await page.getByRole("heading", { name: "Done. Your new passkeys are good" }).waitFor();
    await ada.leave();
    ada = fresh;
    const after = await run("key", "create", "--name", "by the new passkey", "--algorithm", "AES-256");
    await approveAt(after.json.approveUrl);
    const { keys } = (await run("key", "list")).json as { keys: { label: string }[] };
    expect(keys.map(({ label }) => label)).toEqual(expect.arrayContaining(["alone", "by the new passkey"]));
    expect((await run("audit", "verify")).code).toBe(0);
    expect((await rest.post("/v1/decrypt", { ciphertext: json.ciphertext })).status).toBe(200);
  });
});
