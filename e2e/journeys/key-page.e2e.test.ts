import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accessibilityProblems } from "../support/accessibility.ts";
import { openBrowser } from "../support/chromium.ts";
import { approve, type FirstObjects, type Founded, foundEnvironment, makeFirstObjects } from "../support/first-run.ts";
import { KeyServer } from "../support/key-server.ts";
import { Person } from "../support/person.ts";
import { type Product, startProduct } from "../support/product.ts";

let product: Product;
let browser: { browser: Browser; close: () => Promise<void> };
let person: Person;
let founded: Founded;
let objects: FirstObjects;
let folder: string;
let dashboard: Page;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-key-page-"));
  product = await startProduct();
  browser = await openBrowser();
  person = await Person.arrive(browser.browser);
  await product.waitFor(/Ctrl-C stops everything/);
  founded = await foundEnvironment(person, product);
  objects = await makeFirstObjects(person, founded, join(folder, "client"));
  dashboard = founded.dashboard;
  await dashboard.goto(`${founded.place}/keys/${objects.keyId}`);
});

afterAll(async () => {
  await person?.leave();
  await browser?.close();
  await product?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe("the page of a key", () => {
  it("asks for a schedule, which holds once it is approved at the key server, and ends it again", async () => {
    await dashboard.getByRole("button", { name: "Set a schedule" }).click();
    const dialog = dashboard.getByRole("dialog");
    await dialog.getByLabel("Every how many days").fill("30");
    await dialog.getByRole("button", { name: "Show the exact request" }).click();
    await dialog.getByRole("button", { name: /^Propose/ }).click();
    const url = (await dialog.getByRole("link", { name: /Approve/ }).getAttribute("href")) ?? "";
    const page = await approve(person, url);
    await person.close(page);
    await dashboard.keyboard.press("Escape");
    await dashboard.getByText("Rotates it every 30 days").waitFor({ timeout: 30_000 });
    const [key] = await new KeyServer(product).keys();
    expect(key?.schedules).toEqual([expect.objectContaining({ does: "rotate", everySec: 30 * 86_400, n: 0 })]);

    await dashboard.getByRole("button", { name: "End it" }).click();
    await dialog.getByRole("button", { name: /^Propose/ }).click();
    await dialog.getByText("waiting for you").waitFor();
    const end = (await dialog.getByRole("link", { name: /Approve/ }).getAttribute("href")) ?? "";
    await person.close(await approve(person, end));
    await dashboard.keyboard.press("Escape");
    await dashboard.getByText("Nothing. The key server can rotate it").waitFor({ timeout: 30_000 });
    expect((await new KeyServer(product).keys())[0]?.schedules).toEqual([]);
  });

  it("moves the key to another group, after saying which client no longer reaches it", async () => {
    await dashboard.getByRole("button", { name: "More" }).click();
    await dashboard.getByRole("menuitem", { name: "Move to another group…" }).click();
    const dialog = dashboard.getByRole("dialog");
    await dialog.getByLabel("New group").fill("payments");
    await dialog.getByText("Can no longer use it:").waitFor();
    await dialog.getByRole("button", { name: "Show the exact request" }).click();
    await dialog.getByText("those with a grant on group default no longer").waitFor();
    await dialog.getByRole("button", { name: /^Propose/ }).click();
    const url = (await dialog.getByRole("link", { name: /Approve/ }).getAttribute("href")) ?? "";
    await person.close(await approve(person, url));
    await dashboard.keyboard.press("Escape");
    await dashboard.getByText("group payments").first().waitFor({ timeout: 30_000 });
    expect((await new KeyServer(product).keys())[0]?.group).toBe("payments");
  });

  it("keeps notes that nobody signs, says so, and changes nothing at the key server by them", async () => {
    const { size } = await new KeyServer(product).standing();
    const notes = dashboard.getByRole("region", { name: "Notes" });
    await notes.getByText("not signed").waitFor();
    await notes.getByRole("button", { name: "Add" }).click();
    await notes.getByLabel("Owner").fill("Payments team");
    await notes.getByLabel("Ticket").fill("SEC-412");
    await notes.getByRole("button", { name: "Save" }).click();
    await notes.getByText("Payments team").waitFor();
    await dashboard.reload();
    await notes.getByText("SEC-412").waitFor();
    expect((await new KeyServer(product).standing()).size).toBe(size);
  });
});

describe("a new key", () => {
  it("has the dates and the limit that were asked for, says at a field what would contradict, and shows them on its page", async () => {
    const inDays = (days: number) => Math.floor(Date.now() / 60_000) * 60 + days * 86_400;
    const typed = (at: number) => {
      const offset = new Date(at * 1000).getTimezoneOffset() * 60;
      return new Date((at - offset) * 1000).toISOString().slice(0, 16);
    };
    const [activation, protectStop, deactivation] = [inDays(10), inDays(20), inDays(30)];
    await dashboard.goto(`${founded.place}/keys/new`);
    await dashboard.getByLabel("Name", { exact: true }).fill("orders-db");
    await dashboard.getByText("There is already a key called orders-db (k_").waitFor();
    await dashboard.getByLabel("Name", { exact: true }).fill("planned");
    await dashboard.getByText("There is already a key called").waitFor({ state: "detached" });
    await dashboard.getByText("Dates and limits").click();
    await dashboard.getByLabel("Begins").fill(typed(activation));
    await dashboard.getByLabel("Stops protecting").fill(typed(inDays(5)));
    await dashboard.getByLabel("Is retired").fill(typed(deactivation));
    await dashboard.getByLabel("Protects at most").fill("1 000 000");
    await dashboard.getByRole("button", { name: "Show the exact request" }).click();
    await dashboard.getByText("It would stop before it begins").waitFor();
    expect(await accessibilityProblems(dashboard)).toEqual([]);
    await dashboard.getByLabel("Stops protecting").fill(typed(protectStop));
    await dashboard.getByRole("button", { name: "Show the exact request" }).click();
    await dashboard.getByText(/^It becomes active on .* UTC, and does nothing before/).waitFor();
    await dashboard.getByRole("button", { name: "Propose" }).click();
    const url = (await dashboard.getByRole("link", { name: /Approve/ }).getAttribute("href")) ?? "";
    expect(await dashboard.getByRole("button", { name: "Change something" }).count()).toBe(0);
    await person.close(await approve(person, url));
    const key = (await new KeyServer(product).keys()).find(({ label }) => label === "planned");
    expect(key).toMatchObject({
      ...{ state: "pre-active", planned: { activation, protectStop, deactivation } },
      limit: { unit: "object", total: 1_000_000 },
    });
    await dashboard.goto(`${founded.place}/keys/${key?.keyId}`);
    await dashboard.getByText("checked", { exact: true }).first().waitFor();
    await dashboard.getByText(/^protects 1.000.000 times, then nothing more/).waitFor();
    await dashboard.goto(`${founded.place}/coming-due`);
    await dashboard.getByText("is retired by itself").waitFor();
  });
});
