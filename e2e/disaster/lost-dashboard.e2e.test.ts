import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ActAnswer, RosterAnswer, StatusAnswer } from "../../apps/agent/src/admin/answers.ts";
import { RestClient } from "../../apps/agent/src/endpoints/rest/testing/rest-client.ts";
import { accessibilityProblems } from "../support/accessibility.ts";
import { decide, makePasskey } from "../support/administrator-page.ts";
import { openBrowser } from "../support/chromium.ts";
import { MachineClock } from "../support/clock.ts";
import { backUpDatabase, type DatabaseBackup, loseDatabase, restoreDatabase } from "../support/database-backup.ts";
import { compareWords, makeFirstObjects, signUp } from "../support/first-run.ts";
import { type LoneKeyServer, startLoneKeyServer } from "../support/lone-key-server.ts";
import { Person } from "../support/person.ts";
import { freePorts, type Product, type ProductPlace, REPOSITORY, startProduct } from "../support/product.ts";

const HOUR = 3_600;
const [ADA, GRACE] = ["Ada Lovelace", "Grace Hopper"];
/** What is due is put in force within seconds. */
const SOON = { timeout: 30_000, interval: 500 };

let folder: string;
let place: ProductPlace;
let product: Product;
let browser: { browser: Browser; close: () => Promise<void> };
let ada: Person;
let grace: Person;
let dashboard: Page;
let server: LoneKeyServer;
let clock: MachineClock;
let rest: RestClient;
let orders: string;
let sealed: string;
const people: Person[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-lost-dashboard-"));
  place = { data: join(folder, "data"), config: join(folder, "config"), ports: await freePorts() };
  [, browser] = await Promise.all([start(), openBrowser()]);
  [ada, grace] = [await arrive(), await arrive()];
  dashboard = await signUp(ada, product);
  const clocked = (root: string) => {
    clock = new MachineClock(join(root, "clock"));
    return clock;
  };
  server = await startLoneKeyServer(ada, [], { named: true, token: await makeToken(dashboard), clock: clocked });
  await compareWords(dashboard, server.words);
  const { keyId, files } = await makeFirstObjects(ada, { dashboard }, join(folder, "client"));
  const [cert, key, ca] = [files.crt, files.key, files.ca].map((path) => readFileSync(path, "utf8")) as Pem;
  orders = keyId;
  rest = new RestClient(server.restUrl, { cert, key, ca });
  sealed = (await rest.post(`/v1/keys/${orders}/encrypt`, { plaintext: btoa("before") })).json.ciphertext;
});

afterAll(async () => {
  await server?.stop();
  for (const person of people) await person.leave();
  await browser?.close();
  await product?.stop();
  rmSync(folder, { recursive: true, force: true });
});

type Pem = [string, string, string];

async function start(): Promise<void> {
  product = await startProduct(place, { agent: false });
  await product.waitFor(/Ctrl-C stops everything/);
}

async function arrive(): Promise<Person> {
  const person = await Person.arrive(browser.browser);
  people.push(person);
  return person;
}

async function makeToken(page: Page): Promise<string> {
  await page.getByRole("button", { name: "Make a token" }).click();
  return (await page.getByTestId("enrolment-token").textContent())?.trim() ?? "";
}

const propose = (act: string, more: { args?: object; key?: string } = {}) =>
  server.admin.post<ActAnswer>("/v1/act", { act, args: {}, reason: "", wait: false, ...more });
const status = () => server.admin.get<StatusAnswer>("/v1/status");
const keys = async () =>
  (await server.admin.get<{ keys: { keyId: string; label: string; version: number }[] }>("/v1/keys")).keys;
const versionOf = async (id: string) => (await keys()).find(({ keyId }) => keyId === id)?.version;

async function doctorOf(check: string): Promise<{ result: string; what: string; next?: string }[]> {
  const { checks } = await server.admin.get<{ checks: { name: string; result: string; what: string }[] }>("/v1/doctor");
  return checks.filter(({ name }) => name === check);
}

/** A key is ordered, approved at the key server's page, and made. */
async function expectObeys(label: string, ...by: readonly Person[]): Promise<void> {
  const item = { label, algorithm: "AES-256", usage: ["decrypt", "encrypt"], group: "default", extractable: false };
  const { approveUrl } = await propose("key.create", { args: { items: [item] } });
  for (const one of by) await decide(one, approveUrl ?? "");
  expect((await keys()).map((key) => key.label)).toContain(label);
}

/** What was sealed before the disaster opens, as it did. */
async function expectServes(): Promise<void> {
  const { json } = await rest.post("/v1/decrypt", { ciphertext: sealed });
  expect(atob(json.plaintext)).toBe("before");
}

describe("the dashboard's database", () => {
  let backup: DatabaseBackup;
  let stale: ActAnswer;

  it("from a week ago is said to be behind, heals by itself once the key server is there, and brings no key back", async () => {
    const obeyed = await propose("key.rotate", { key: orders });
    stale = await propose("key.rotate", { key: orders });
    backup = await backUpDatabase(product, folder);
    await decide(ada, obeyed.approveUrl ?? "");
    await expectObeys("made since", ada);
    await dashboard.goto(dashboard.url().replace(/\/start$/, "/keys"));
    await dashboard.getByText("made since").waitFor();
    const before = JSON.stringify(await keys());

    process.kill(server.pid, "SIGSTOP");
    await product.halt();
    restoreDatabase(backup);
    await start();
    await dashboard.reload();
    await dashboard.getByText(/shorter than the one this browser has already seen/).waitFor();
    await dashboard.getByText(/If its database was restored from an older copy/).waitFor();
    expect(await dashboard.getByText("made since").count()).toBe(0);
    expect(await accessibilityProblems(dashboard)).toEqual([]);
    process.kill(server.pid, "SIGCONT");
    await dashboard.getByText("made since").waitFor({ timeout: 60_000 });
    await dashboard.getByText(/shorter than the one this browser has already seen/).waitFor({ state: "detached" });
    await dashboard.goto(dashboard.url().replace(/\/keys$/, ""));
    await dashboard.getByText("checked by your browser").waitFor();

    const page = await ada.open(stale.approveUrl ?? "");
    await page.getByText("E_PRESTATE").waitFor();
    expect(await page.getByRole("button", { name: /^Approve/ }).isEnabled()).toBe(false);
    await ada.close(page);
    expect(JSON.stringify(await keys())).toBe(before);
    await expectServes();
    expect(await decide(ada, (await propose("key.rotate", { key: orders })).approveUrl ?? "")).toBe("Done");
    expect(await versionOf(orders)).toBe(3);
  });

  it("lost, leaves an empty dashboard that takes up the same key server, with its keys, log and administrators", async () => {
    await product.halt();
    loseDatabase(backup);
    await start();
    await expect.poll(async () => (await status()).linked?.fault?.reason, { timeout: 60_000 }).toBe("E_AGENT");
    expect(await doctorOf("control plane")).toMatchObject([
      { result: "warning", what: expect.stringContaining("does not know this key server") },
    ]);
    const fresh = await arrive();
    dashboard = await signUp(fresh, product);
    await dashboard.getByText("Your key server was founded before?").click();
    await dashboard.getByText("docs/operate/lost-dashboard.md").waitFor();
    expect((await server.run("unlink")).code).toBe(0);
    expect((await server.run("link", "--yes", "--token", await makeToken(dashboard))).code).toBe(0);
    await compareWords(dashboard, server.words);
    await dashboard.goto(dashboard.url().replace(/\/start$/, "/keys"));
    await dashboard.getByText("made since").waitFor();
    await dashboard.goto(dashboard.url().replace(/\/keys$/, ""));
    await dashboard.getByText("checked by your browser").waitFor();
    expect(await doctorOf("control plane")).toMatchObject([{ result: "good" }]);
    await expectServes();
  });

  it("gone for ever, leaves use, orders, another administrator and recovery by page and command line alone", async () => {
    await product.halt();
    loseDatabase(backup);
    await expectServes();
    const ordered = await server.run("key", "create", "--name", "alone", "--algorithm", "AES-256");
    expect(await decide(ada, ordered.json.approveUrl)).toBe("Done");
    await expect.poll(async () => (await status()).linked?.fault?.code, { timeout: 60_000 }).toBe("E_GATEWAY");

    const { json: invited } = await server.run("admin", "invite", GRACE);
    const { page: hers, words } = await makePasskey(grace, invited.url);
    await grace.close(hers);
    const { introductions } = await server.admin.get<{ introductions: { reference: string }[] }>("/v1/introductions");
    const { json: added } = await server.run("admin", "add", introductions[0]?.reference ?? "");
    expect(await decide(ada, added.approveUrl, words)).toBe("Approved by you");
    expect(await decide(grace, added.approveUrl, words)).toContain("waits for its delay");
    await clock.pass(24 * HOUR + 300, server.admin);
    const administrators = async () => (await server.admin.get<RosterAnswer>("/v1/roster")).administrators.map(labelOf);
    await expect.poll(administrators, SOON).toEqual([ADA, GRACE]);
    await expectObeys("by Grace", grace);

    const [fresh, other] = [await arrive(), await arrive()];
    const begun = (await server.run("recover", "begin", ADA, GRACE)).json.invited as {
      url: string;
      inviteId: string;
    }[];
    const made = [
      await makePasskey(fresh, begun[0]?.url ?? ""),
      await makePasskey(other, begun[1]?.url ?? ""),
    ] as const;
    const told = begun.flatMap(({ inviteId }, at) => [
      "--invited",
      inviteId,
      "--words",
      (made[at]?.words ?? []).join(" "),
    ]);
    expect((await server.run("recover", "propose", ...told)).code).toBe(3);
    const [{ page }] = made;
    await page.getByLabel("The 24 words of the replacement key").fill(server.replacementKey.join(" "));
    await page.getByRole("button", { name: "Sign the recovery" }).click();
    await page.getByRole("heading", { name: "The recovery is under way" }).waitFor();
    await clock.pass(72 * HOUR + 300, server.admin);
    await page.getByRole("heading", { name: "Done. Your new passkeys are good" }).waitFor();
    await expectObeys("after the recovery", fresh);
    await expectServes();
    expect((await server.run("audit", "verify")).code).toBe(0);
    expect(await verifiedReport()).toMatchObject({ code: 0, stderr: "" });
  });
});

const labelOf = ({ label }: { label: string }) => label;

/** A report that the key server makes alone, as an auditor's own program judges it. */
async function verifiedReport() {
  const out = server.line.path("report");
  await server.run("report", "--out", out);
  const report = readdirSync(out).find((name) => name.endsWith(".pdf")) ?? "";
  const words = ["--words", server.words.join(" ")];
  return server.line.spawn(process.execPath, [
    join(REPOSITORY, "apps/verify/src/main.ts"),
    join(out, report),
    ...words,
  ]);
}
