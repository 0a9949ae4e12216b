import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CommandLineRun } from "../../apps/agent/src/cli/testing/command-line-run.ts";
import { freePort } from "../../apps/agent/src/local-page/testing/page-caller.ts";
import { accessibilityProblems } from "../support/accessibility.ts";
import { openBrowser } from "../support/chromium.ts";
import { becomeCustodian, type CustodianAtHome, giveShare, hearAll } from "../support/custodian.ts";
import { approve, type Founded, foundEnvironment } from "../support/first-run.ts";
import { KeyServer } from "../support/key-server.ts";
import { Person } from "../support/person.ts";
import { type Product, startProduct } from "../support/product.ts";
import { type Receiver, startReceiver } from "../support/receiver.ts";

const NAMES = ["Maria Lindqvist", "Jonas Weber"] as const;
const ITEM = {
  ...{ label: "orders", algorithm: "AES-256", group: "default", extractable: false },
  usage: ["decrypt", "encrypt"],
};

let product: Product;
let browser: { browser: Browser; close: () => Promise<void> };
let ada: Person;
let founded: Founded;
let dashboard: Page;
let keyServer: KeyServer;
let line: CommandLineRun;
let receiver: Receiver;
let order: string;
let data: string;
let approvals: string;
const custodians: CustodianAtHome[] = [];
const people: Person[] = [];

beforeAll(async () => {
  line = new CommandLineRun();
  [product, browser] = await Promise.all([startProduct(), openBrowser()]);
  ada = await Person.arrive(browser.browser);
  await product.waitFor(/Ctrl-C stops everything/);
  founded = await foundEnvironment(ada, product);
  ({ dashboard } = founded);
  keyServer = new KeyServer(product);
  const { approveUrl } = await keyServer.propose({ act: "key.create", args: { items: [ITEM] } });
  await ada.close(await approve(ada, approveUrl ?? ""));
});
afterAll(async () => {
  receiver?.kill();
  for (const person of [ada, ...people]) await person?.leave();
  await browser?.close();
  await product?.stop();
  await line?.close();
});

/** Proposes what a dialog of the dashboard shows. @returns where it is approved */
async function propose(action: string): Promise<string> {
  await dashboard.getByRole("button", { name: action }).click();
  return (await dashboard.getByRole("link", { name: /^Approve/ }).getAttribute("href")) ?? "";
}

describe("a backup that goes to a new machine while the first one still runs", () => {
  it("has custodians who were invited to the key server and chosen in the dashboard, after what they read out was heard", async () => {
    for (const name of NAMES) {
      const asked = { kind: "custodian", label: name };
      const { url } = await keyServer.admin.post<{ url: string }>("/v1/introductions/invite", asked);
      const person = await Person.arrive(browser.browser);
      people.push(person);
      custodians.push(await becomeCustodian(person, { name, url, folder: line.path(name) }));
    }
    await dashboard.goto(`${founded.place}/backups`);
    await dashboard.getByRole("button", { name: "Choose custodians" }).click();
    const dialog = dashboard.getByRole("dialog");
    await dialog.getByLabel("How many of them open a backup").selectOption("2");
    await dialog.getByRole("button", { name: "Show the exact request" }).click();
    const page = await ada.open(await propose("Propose: these custodians"));
    await hearAll(page, custodians);
    await page.getByRole("button", { name: /^Approve/ }).click();
    await page.getByRole("heading", { level: 1, name: /Done|Approved/ }).waitFor();
    await ada.close(page);
  });

  it("is asked for by the new machine's file, which the dashboard reads, and refuses when a byte of it was changed", async () => {
    const backup = line.path("backup.holdfast-backup");
    const made = await line.run("backup", "create", "--out", backup, "--data", join(product.data, "agent"));
    expect([made.code, made.stderr]).toEqual([0, ""]);
    order = line.path("order.json");
    data = line.path("new");
    const port = await freePort();
    const place = { data, config: "config-new", page: { port, origin: `http://agent.localhost:${port}` } };
    receiver = await startReceiver(line, backup, place, ["--order", order]);
    expect(receiver.ready).toMatchObject({ words: founded.words, custodians: NAMES });
    await dashboard.goto(`${founded.place}/backups`);
    await dashboard.getByRole("button", { name: "Propose a release…" }).click();
    const file = dashboard.getByLabel("The new key server's request");
    const changed = line.path("changed.json");
    const whole = JSON.parse(readFileSync(order, "utf8")) as { manifest: string };
    const at = Math.floor(whole.manifest.length / 2);
    const other = whole.manifest[at] === "A" ? "B" : "A";
    const manifest = `${whole.manifest.slice(0, at)}${other}${whole.manifest.slice(at + 1)}`;
    writeFileSync(changed, JSON.stringify({ ...whole, manifest }));
    await file.setInputFiles(changed);
    await dashboard.getByRole("dialog").getByRole("alert").waitFor();
    await file.setInputFiles(order);
    await dashboard.getByText("any 2 of Maria Lindqvist, Jonas Weber", { exact: true }).waitFor();
    expect(await accessibilityProblems(dashboard)).toEqual([]);
  });

  it("is approved at the key server's page, and its approvals are carried to the new machine in a file", async () => {
    await ada.close(await approve(ada, await propose("Propose: release it")));
    await dashboard.goto(`${founded.place}/backups`);
    const saving = dashboard.waitForEvent("download");
    await dashboard.getByRole("button", { name: "Save the approvals" }).click();
    approvals = line.path("release.envelope");
    await (await saving).saveAs(approvals);
    const delivered = await line.run("command", "deliver", approvals, "--data", data);
    expect([delivered.code, delivered.stderr]).toEqual([0, ""]);
  });

  it("opens there with the custodians' shares, each given in their own browser, and with what was in it", async () => {
    const [maria, jonas] = custodians as [CustodianAtHome, CustodianAtHome];
    const { custodianUrl } = receiver.ready;
    expect(await giveShare(maria, custodianUrl, founded.words, "passkey")).toContain("1 of 2");
    expect(await giveShare(jonas, custodianUrl, founded.words, "key file")).toContain("2 of 2");
    const { code, errors, result } = await receiver.ended;
    expect([code, errors]).toEqual([0, ""]);
    expect(JSON.parse(result)).toMatchObject({ restored: true, keys: 1, data });
  });
});
