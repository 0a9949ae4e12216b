import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeLoopbackIdentity, startWebhookReceiver, type WebhookReceiver } from "@holdfast/notices/testing";
import type { Page } from "playwright-core";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accessibilityProblems } from "../support/accessibility.ts";
import { openBrowser } from "../support/chromium.ts";
import { signUp } from "../support/first-run.ts";
import { Person } from "../support/person.ts";
import { type Product, startProduct } from "../support/product.ts";

const SETTINGS = ["HOLDFAST_NOTICE_PRIVATE_RECEIVERS", "HOLDFAST_NOTICE_CA_FILE"] as const;

let folder: string;
let hook: WebhookReceiver;
let product: Product;
let browser: Awaited<ReturnType<typeof openBrowser>>;
let person: Person;
let page: Page;
let secret: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-notices-"));
  const identity = makeLoopbackIdentity();
  hook = await startWebhookReceiver(identity);
  writeFileSync(join(folder, "ca.pem"), identity.cert);
  process.env.HOLDFAST_NOTICE_PRIVATE_RECEIVERS = "127.0.0.1";
  process.env.HOLDFAST_NOTICE_CA_FILE = join(folder, "ca.pem");
  product = await startProduct();
  browser = await openBrowser();
  person = await Person.arrive(browser.browser);
  await product.waitFor(/Ctrl-C stops everything/);
  page = await signUp(person, product);
  await page.waitForURL(/\/[0-9a-f-]{36}\/[0-9a-f-]{36}/);
  const place = /^https?:\/\/[^/]+\/[0-9a-f-]{36}\/[0-9a-f-]{36}/.exec(page.url())?.[0] ?? "";
  await page.goto(`${place}/settings`);
  await page.getByRole("link", { name: "Notices" }).click();
  await page.getByRole("heading", { name: "Notices" }).waitFor();
});
afterAll(async () => {
  for (const name of SETTINGS) delete process.env[name];
  await person?.leave();
  await browser?.close();
  await product?.stop();
  await hook?.close();
  rmSync(folder, { recursive: true, force: true });
});

const add = async (target: string) => {
  await page.getByRole("button", { name: "Add a receiver" }).first().click();
  await page.getByLabel("Address").fill(target);
  await page.getByRole("dialog").getByRole("button", { name: "Add", exact: true }).click();
};

describe("a person who wants to be told", () => {
  it("adds a webhook, copies its secret once, tests it, and sees it delivered and verified", async () => {
    await add(`https://localhost:${hook.port}/hook/private-part`);
    const shown = page.getByRole("region", { name: "webhook secret" });
    secret = ((await shown.textContent()) ?? "").trim();
    await page.getByRole("button", { name: "I have copied it" }).click();
    expect(await page.locator("main").textContent()).not.toMatch(/whsec_|private-part/);
    await page.getByRole("button", { name: /^Test / }).click();
    await page.getByRole("cell", { name: "Delivered" }).waitFor();
    const { body, headers } = hook.received[0] as WebhookReceiver["received"][number];
    expect(new Webhook(secret).verify(body, headers)).toMatchObject({ type: "notices.test" });
  });

  it("sees why one failed, in words, and that it is tried again", async () => {
    hook.answer = 500;
    await page.getByRole("button", { name: /^Test / }).click();
    await page.getByText("The receiver does not answer with success (2xx). (500)").waitFor();
    await page.getByText(/^Next try: /).waitFor();
    hook.answer = 204;
  });

  it("row 89: cannot point it inside, and is told what to give instead", async () => {
    await add("https://169.254.169.254/latest/meta-data/");
    const dialog = page.getByRole("dialog");
    await dialog.getByText("C_SSRF").waitFor();
    expect(await dialog.textContent()).toContain("public Internet");
    await dialog.getByRole("button", { name: "Close" }).click();
  });

  it("finds a page without accessibility problems, on a phone as well", async () => {
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.setViewportSize({ width: 360, height: 780 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    expect(await accessibilityProblems(page)).toEqual([]);
  });
});
