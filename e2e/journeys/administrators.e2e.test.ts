import { mkdirSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ActAnswer } from "../../apps/agent/src/admin/answers.ts";
import { accessibilityProblems } from "../support/accessibility.ts";
import { addAuthenticator, openBrowser } from "../support/chromium.ts";
import { becomeCustodian, type CustodianAtHome, giveShare, hearAll } from "../support/custodian.ts";
import { compareWords, signUp } from "../support/first-run.ts";
import { hear, wordsOn } from "../support/heard-words.ts";
import { type LoneKeyServer, startLoneKeyServer } from "../support/lone-key-server.ts";
import { Person } from "../support/person.ts";
import { type Product, startProduct } from "../support/product.ts";

let product: Product;
let browser: { browser: Browser; close: () => Promise<void> };
let server: LoneKeyServer;
let ada: Person;
let grace: Person;
let emmy: Person;
let dashboard: Page;
let people: string;
const atHome: Person[] = [];

beforeAll(async () => {
  [product, browser] = await Promise.all([startProduct(), openBrowser()]);
  [ada, grace, emmy] = (await Promise.all([1, 2, 3].map(() => Person.arrive(browser.browser)))) as [
    Person,
    Person,
    Person,
  ];
  await product.waitFor(/Ctrl-C stops everything/);
  dashboard = await signUp(ada, product);
  await dashboard.getByRole("button", { name: "Make a token" }).click();
  const token = (await dashboard.getByTestId("enrolment-token").textContent())?.trim() ?? "";
  server = await startLoneKeyServer(ada, [], { named: true, token });
  await compareWords(dashboard, server.words);
  people = dashboard.url().replace(/\/start$/, "/people");
});

afterAll(async () => {
  await server?.stop();
  for (const person of [ada, grace, emmy, ...atHome]) await person?.leave();
  await browser?.close();
  await product?.stop();
});

/** Somebody becomes known to the key server by its own page. @returns their eight words */
async function introduce(person: Person, label: string, passkeys: 1 | 2): Promise<string[]> {
  const { url } = await server.admin.post<{ url: string }>("/v1/introductions/invite", {
    kind: "administrator",
    label,
  });
  const page = await person.open(url);
  await page.getByRole("heading", { name: "You are asked to be an administrator" }).waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  await page.getByRole("button", { name: "Create approval passkey" }).click();
  await page.getByRole("button", { name: "Use the passkey" }).click();
  await page.getByRole("heading", { name: "A second passkey is advised" }).waitFor();
  if (passkeys === 2) {
    await addAuthenticator(page, "usb"); // a security key beside the laptop's own
    await page.getByRole("button", { name: "Create a second passkey" }).click();
    await page.getByRole("button", { name: "Use the passkey" }).click();
  } else await page.getByRole("button", { name: "One is enough for now" }).click();
  await page.getByRole("heading", { name: "Now say these eight words" }).waitFor();
  const words = await wordsOn(page);
  await person.close(page);
  return words;
}

/** Proposes what an open dialog shows. @returns where it is approved */
async function propose(): Promise<string> {
  const dialog = dashboard.getByRole("dialog");
  await dialog.getByRole("button", { name: "Propose", exact: true }).click();
  const href = await dialog.getByRole("link", { name: /Approve/ }).getAttribute("href");
  return href ?? "";
}

/** One person's approval at the key server's page, with the newcomer's words where they are asked for. */
async function approve(
  person: Person,
  url: string,
  words?: readonly string[],
  custodians?: readonly CustodianAtHome[],
): Promise<string> {
  const page = await person.open(url);
  if (words) await hear(page, words);
  if (custodians) await hearAll(page, custodians);
  await page.getByRole("button", { name: /^Approve/ }).click();
  const heading = page.getByRole("heading", { level: 1, name: /^(Done|Approved|This was not done)/ });
  await heading.waitFor().catch(async () => {
    throw new TypeError(`Not approved; the page says:\n${await page.locator("body").textContent()}`);
  });
  const said = (await heading.textContent()) ?? "";
  await person.close(page);
  return said;
}

/** Makes somebody an administrator: the change is in force with the last approval, as long as there is no key. */
async function add(person: Person, label: string, passkeys: 1 | 2, approvers: readonly Person[]): Promise<void> {
  const words = await introduce(person, label, passkeys);
  await dashboard.goto(people);
  await dashboard.getByRole("button", { name: `Make ${label} an administrator` }).click();
  await dashboard.getByRole("dialog").getByText(`“${label}” becomes an administrator`, { exact: false }).waitFor();
  const url = await propose();
  for (const [index, each] of approvers.entries())
    expect(await approve(each, url, words)).toBe(index < approvers.length - 1 ? "Approved by you" : "Done");
  await dashboard.goto(people);
  await dashboard.getByRole("button", { name: `Remove ${label}`, exact: true }).waitFor();
}

/** How many approvals a request has by the key server's own count; "none" for one that waits no more. */
async function counted(url: string): Promise<number | "none"> {
  const { commands } = await server.admin.get<{ commands: { hash: string; have: number }[] }>("/v1/commands");
  return commands.find(({ hash }) => url.endsWith(hash))?.have ?? "none";
}

/** Asks for a client, which takes two. @returns where it is approved */
async function enrol(label: string): Promise<string> {
  const grants = [{ ops: ["all"], keys: { kind: "own" } }];
  const args = { label, auth: { kind: "issued", validitySec: 86_400 }, grants };
  const request = { act: "client.enrol", args, reason: "", wait: false };
  return (await server.admin.post<ActAnswer>("/v1/act", request)).approveUrl ?? "";
}

const policyOf = async (act: string) => {
  const { policy } = await server.admin.get<{ policy: { act: string; m: number }[] }>("/v1/roster");
  return policy.find((rule) => rule.act === act)?.m;
};

describe("administrators", () => {
  it("one invites a second, who approves with a passkey of their own once both have agreed, and the rules of two hold", async () => {
    await dashboard.goto(people);
    await dashboard.getByText("One administrator", { exact: true }).first().waitFor();
    expect(await accessibilityProblems(dashboard)).toEqual([]);
    await add(grace, "Grace Hopper", 2, [ada, grace]);
    await add(emmy, "Emmy Noether", 1, [ada, grace]);
    expect([await policyOf("roster.update"), await policyOf("key.create")]).toEqual([2, 1]);
    await dashboard.getByText("Passkey 2", { exact: true }).waitFor();
    const made = await server.run("key", "create", "--name", "orders", "--algorithm", "AES-256");
    expect(made.code).toBe(3);
    expect(await approve(grace, made.json.approveUrl)).toBe("Done");
  });

  it("a further replacement key is made by its keeper, proposed in the dashboard, waits 72 hours, and ends by one no", async () => {
    const invited = await server.run("recover", "invite", "Grace, bank");
    const page = await grace.open(String(invited.json.url));
    await page.getByRole("button", { name: "Make the 24 words" }).click();
    const kept = await page.locator("ol.words li").allTextContents();
    await page.getByLabel(/last word/).fill(kept.at(-1) ?? "");
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole("button", { name: "I have kept it" }).click();
    await page.getByRole("heading", { name: "Now say these eight words" }).waitFor();
    const words = await wordsOn(page);
    await grace.close(page);
    await dashboard.goto(people);
    await dashboard.getByText("Grace, bank keeps", { exact: false }).waitFor();
    expect(await accessibilityProblems(dashboard)).toEqual([]);
    await dashboard.getByRole("button", { name: "Add it" }).click();
    await dashboard.getByRole("dialog").getByText("can replace lost passkeys", { exact: false }).waitFor();
    const url = await propose();
    expect(await approve(ada, url, words)).toBe("Approved by you");
    expect(await approve(grace, url, words)).toBe("Approved: it waits for its delay");
    const status = await server.run("recover", "status");
    expect(status.json.waiting).toMatchObject([{ kind: "keys", status: "scheduled" }]);
    const stopped = await grace.open(url);
    await stopped.getByText("until then", { exact: false }).first().waitFor();
    await stopped.getByRole("button", { name: "Stop it" }).click();
    await stopped.getByRole("heading", { name: "Stopped: it will not be in force" }).waitFor();
    await grace.close(stopped);
    expect((await server.run("recover", "status")).json.waiting).toEqual([]);
  });

  it("a change that loosens waits its delay, is told of everywhere, and ends by one administrator's no", async () => {
    await dashboard.goto(people);
    await dashboard.getByRole("button", { name: "Change the rule: Destroying a key" }).click();
    const dialog = dashboard.getByRole("dialog");
    await dialog.getByLabel("Hours that it waits afterwards").fill("1");
    await dialog.getByRole("button", { name: "Show the exact change" }).click();
    await dialog.getByText("asks for less").waitFor();
    const url = await propose();
    expect(await approve(ada, url)).toBe("Approved by you");
    expect(await approve(grace, url)).toBe("Approved: it waits for its delay");
    await dashboard.goto(people);
    const waiting = dashboard.getByRole("region", { name: "Waiting changes" });
    await waiting.getByText(/In force .*, in /).waitFor();
    const stop = (await waiting.getByRole("link", { name: "Stop it" }).getAttribute("href")) ?? "";
    const asked = await server.run("key", "rotate", "orders");
    const other = await ada.open(asked.json.approveUrl);
    await other.getByText(/A change of administrators or rules will be in force/).waitFor();
    await ada.close(other);
    const page = await grace.open(stop);
    await page.getByText(/Any administrator can stop it here until then/).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole("button", { name: "Stop it" }).click();
    await page.getByRole("heading", { level: 1, name: "Stopped: it will not be in force" }).waitFor();
    await grace.close(page);
    await dashboard.getByRole("region", { name: "Changes before" }).getByText("stopped").waitFor();
  });

  it("who was removed has approved nothing: what they signed before is void, and their passkey decides no more", async () => {
    const first = await enrol("shop");
    expect(await approve(grace, first)).toBe("Approved by you");
    expect(await counted(first)).toBe(1);
    await dashboard.goto(people);
    await dashboard.getByRole("button", { name: "Remove Grace Hopper", exact: true }).click();
    const removal = await propose();
    expect(await approve(ada, removal)).toBe("Approved by you");
    expect(await approve(emmy, removal)).toBe("Done");
    // The key server gives it up by itself, now or in a moment.
    expect([0, "none"]).toContain(await counted(first));
    const stale = await ada.open(first);
    const givenUp = stale.getByRole("heading", { name: "An unknown request" });
    await stale.getByText("E_ROSTER_STALE").or(givenUp).first().waitFor();
    await ada.close(stale);

    const again = await enrol("shop again");
    const page = await grace.open(again);
    await page.getByRole("button", { name: /^Approve/ }).click();
    await page.getByText(/The passkey was not used/).waitFor();
    await grace.close(page);
    expect(await counted(again)).toBe(0);
    expect(await approve(ada, again)).toBe("Approved by you");
    expect(await approve(emmy, again)).toBe("Done");
    await dashboard.goto(people);
    await dashboard.getByRole("button", { name: "Remove Emmy Noether", exact: true }).waitFor();
    expect(await dashboard.getByRole("button", { name: "Remove Grace Hopper", exact: true }).count()).toBe(0);
  });

  it("choose custodians on the dashboard and have them drilled there: the key server reads the backup back, and each proof is shown", async () => {
    const backups = people.replace(/people$/, "backups");
    const dialog = dashboard.getByRole("dialog");
    const both = async (heard?: readonly CustodianAtHome[]) => {
      await dialog.getByRole("button", { name: /^Propose/ }).click();
      const url = (await dialog.getByRole("link", { name: /Approve/ }).getAttribute("href")) ?? "";
      expect(await approve(ada, url, undefined, heard)).toBe("Approved by you");
      expect(await approve(emmy, url, undefined, heard)).toBe("Done");
      await dashboard.keyboard.press("Escape");
    };
    const custodians: CustodianAtHome[] = [];
    for (const name of ["Maria Lindqvist", "Jonas Weber"]) {
      const { json } = await server.run("intro", "invite", "--kind", "custodian", "--label", name);
      const person = await Person.arrive(browser.browser);
      atHome.push(person);
      custodians.push(await becomeCustodian(person, { name, url: json.url, folder: server.line.path("homes", name) }));
    }
    await dashboard.goto(backups);
    await dashboard.getByText("Nobody holds a share").or(dashboard.getByText("Jonas Weber")).first().waitFor();
    await dashboard.getByRole("button", { name: "Choose custodians" }).click();
    await dialog.getByLabel("How many of them open a backup").selectOption("2");
    expect(await accessibilityProblems(dashboard)).toEqual([]);
    await dialog.getByRole("button", { name: "Show the exact request" }).click();
    await both(custodians);

    mkdirSync(server.line.path("vault"), { mode: 0o700 });
    await dashboard.getByRole("button", { name: "Have backups made" }).click();
    await dialog.getByLabel("Name").fill("vault");
    await dialog.getByLabel("Folder").fill(server.line.path("vault"));
    await dialog.getByRole("button", { name: "Add this destination" }).click();
    await dialog.getByRole("button", { name: "Show the exact request" }).click();
    await both();

    await dashboard.getByRole("button", { name: "Start a drill" }).click({ timeout: 60_000 });
    await both();
    const [maria] = custodians as [CustodianAtHome];
    const page = `${server.origin}/custodian`;
    const asked = async () => {
      await maria.page.goto("about:blank");
      await maria.page.goto(page);
      return maria.page.getByRole("heading", { level: 1 }).textContent();
    };
    await expect.poll(asked, { timeout: 30_000, interval: 1_000 }).toBe("A drill with custodians");
    expect(await giveShare(maria, page, server.words, "passkey")).toContain("Proved");
    const proved = dashboard.getByRole("region", { name: "Drills" });
    await proved.getByText("Maria Lindqvist").waitFor({ timeout: 30_000 });
    await dashboard.getByText("too few").waitFor(); // one of the two that are needed
    expect(await accessibilityProblems(dashboard)).toEqual([]);
    await dashboard.setViewportSize({ width: 360, height: 800 });
    expect(await dashboard.evaluate("document.documentElement.scrollWidth")).toBe(360);
    expect(await accessibilityProblems(dashboard)).toEqual([]);
  });
});
