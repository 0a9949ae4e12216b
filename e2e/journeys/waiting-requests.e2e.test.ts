import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accessibilityProblems } from "../support/accessibility.ts";
import { openBrowser } from "../support/chromium.ts";
import { approve, type FirstObjects, type Founded, foundEnvironment, makeFirstObjects } from "../support/first-run.ts";
import { KeyServer } from "../support/key-server.ts";
import { Person, saveFrom } from "../support/person.ts";
import { type Product, REPOSITORY, startProduct } from "../support/product.ts";

let product: Product;
let browser: { browser: Browser; close: () => Promise<void> };
let person: Person;
let founded: Founded;
let objects: FirstObjects;
let folder: string;
let keyServer: KeyServer;
let dashboard: Page;
let keyPage: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-waiting-"));
  product = await startProduct();
  browser = await openBrowser();
  person = await Person.arrive(browser.browser);
  await product.waitFor(/Ctrl-C stops everything/);
  founded = await foundEnvironment(person, product);
  keyServer = new KeyServer(product);
  objects = await makeFirstObjects(person, founded, join(folder, "client"));
  dashboard = founded.dashboard;
  keyPage = `${founded.place}/keys/${objects.keyId}`;
});

afterAll(async () => {
  await person?.leave();
  await browser?.close();
  await product?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Opens an action's dialog on the key's page, from its button or from the menu: which of them has it goes by the key's state. */
async function open(action: string) {
  await dashboard.goto(keyPage);
  const more = dashboard.getByRole("button", { name: "More" });
  const button = dashboard.getByRole("button", { name: action, exact: true });
  const item = dashboard.getByRole("menuitem", { name: action, exact: true });
  await more.waitFor();
  const found = async () => {
    if (await button.isVisible()) return button;
    await more.click();
    await dashboard.getByRole("menuitem").first().waitFor();
    if (await item.isVisible()) return item;
    await dashboard.keyboard.press("Escape");
    return null;
  };
  // What was approved a moment ago may show only now.
  await expect
    .poll(async () => (await found())?.click({ timeout: 2_000 }).then(() => action), { timeout: 30_000 })
    .toBe(action);
  return dashboard.getByRole("dialog");
}

/** Proposes what an open dialog asks. @returns where it is approved */
async function propose(): Promise<string> {
  const dialog = dashboard.getByRole("dialog");
  await dialog.getByRole("button", { name: "Show the exact request" }).click();
  await dialog.getByRole("button", { name: /^Propose/ }).click();
  return (await dialog.getByRole("link", { name: /Approve/ }).getAttribute("href")) ?? "";
}

describe("a request that waits", () => {
  it("is refused at its field when a name or reason holds what nobody can see, and nothing typed is lost", async () => {
    const dialog = await open("Rotate now");
    await dialog.getByLabel("Why (optional)").fill("because\u200b of it");
    await dialog.getByRole("button", { name: "Show the exact request" }).click();
    await dialog.getByText(/nobody can see/).waitFor();
    await dashboard.goto(`${founded.place}/keys/new`);
    await dashboard.getByLabel("Name", { exact: true }).fill("invoices\u00ad");
    await dashboard.getByRole("button", { name: "Show the exact request" }).click();
    await dashboard.getByText(/nobody can see/).waitFor();
    expect(await dashboard.getByLabel("Name", { exact: true }).inputValue()).toBe("invoices\u00ad");
  });

  it("is shown where the key is, and not asked for again as if nothing waited", async () => {
    const dialog = await open("Rotate now");
    const focused = () => dashboard.evaluate("document.activeElement?.labels?.[0]?.textContent");
    await expect.poll(focused).toBe("Why (optional)");
    await dialog.getByLabel("Why (optional)").fill("once a year");
    await dialog.getByRole("button", { name: "Show the exact request" }).click();
    await dialog.getByText("Why: “once a year”").waitFor();
    await dialog.getByRole("button", { name: /^Propose/ }).click();
    await dialog.getByRole("link", { name: /Approve/ }).waitFor();
    await dashboard.goto(keyPage);
    await dashboard.getByText("Rotation waits for approval").waitFor();
    const again = await open("Rotate now");
    await again.getByText("Rotation waits for approval already.").waitFor();
    expect(await again.getByRole("button", { name: "Show the exact request" }).count()).toBe(0);
    const url = await again.getByRole("link", { name: "Review on your key server" }).getAttribute("href");
    await person.close(await approve(person, url ?? ""));
    await dashboard.goto(keyPage);
    await dashboard.getByText("v2").first().waitFor();
    expect(await dashboard.getByText("Rotation waits for approval").count()).toBe(0);
  });

  it("gives a key another name, which the browser proves, and focus comes back to where the dialog was opened", async () => {
    await open("Rename…");
    await dashboard.keyboard.press("Escape");
    await dashboard.getByRole("dialog").waitFor({ state: "detached" });
    const focused = () => dashboard.evaluate("document.activeElement?.textContent?.trim()");
    await expect.poll(focused).toBe("More");
    const dialog = await open("Rename…");
    await dialog.getByLabel("New name").fill("orders-2027");
    await person.close(await approve(person, await propose()));
    await dashboard.goto(keyPage);
    await dashboard.getByRole("heading", { level: 1, name: "orders-2027" }).waitFor();
    await dashboard.getByText("checked", { exact: true }).first().waitFor();
  });
});

describe("a destruction that waits its delay", () => {
  it("needs the key's name typed, even when it was never used", async () => {
    await open("Retire…");
    await person.close(await approve(person, await propose()));
    const dialog = await open("Destroy…");
    const show = dialog.getByRole("button", { name: "Show the exact request" });
    expect(await show.isDisabled()).toBe(true);
    await dialog.getByLabel("Type orders-2027 to go on").fill("orders-2027");
    await person.close(await approve(person, await propose()));
  });

  it.each([
    ["the key's page", () => keyPage],
    ["the inbox", () => `${founded.place}/approvals`],
    ["Coming due", () => `${founded.place}/coming-due`],
  ])("is shown with the way to stop it on %s", async (_, at) => {
    await dashboard.goto(at());
    const stop = dashboard.getByRole("link", { name: "Stop it" });
    await stop.waitFor();
    expect(await stop.getAttribute("href")).toMatch(/^http:\/\/agent\.localhost:\d+\/approve#[\w-]{43}$/);
    await dashboard
      .getByText(/1 day|2\d h/)
      .first()
      .waitFor();
  });

  it("offers no second one, and its request says when it runs", async () => {
    await dashboard.goto(keyPage);
    await dashboard.getByText(/^This key will be destroyed on /).waitFor();
    await dashboard.getByRole("button", { name: "More" }).click();
    await dashboard.getByRole("menuitem", { name: "Mark as exposed…" }).waitFor();
    expect(await dashboard.getByRole("menuitem", { name: "Destroy…" }).count()).toBe(0);
    await dashboard.keyboard.press("Escape");
    await dashboard.getByRole("link", { name: "The request" }).click();
    await dashboard.getByText(/^This key will be destroyed on /).waitFor();
    await dashboard.getByText("approved, waits its delay").waitFor();
  });

  it("is stopped at the key server's page by that way, and then called stopped everywhere", async () => {
    const url = await dashboard.getByRole("link", { name: "Stop it" }).getAttribute("href");
    const page = await person.open(url ?? "");
    await page.getByRole("button", { name: /^(Reject|Stop)/ }).click();
    await page.getByRole("heading", { level: 1, name: /Rejected|[Ss]topped/ }).waitFor();
    await person.close(page);
    await dashboard.getByText("An administrator stopped it before it ran.").waitFor();
    await dashboard.getByText("stopped", { exact: true }).first().waitFor();
    expect(await dashboard.getByText("E_CANCELLED").count()).toBe(0);
    await dashboard.goto(keyPage);
    await dashboard.getByRole("heading", { level: 1 }).waitFor();
    await expect.poll(() => dashboard.getByRole("link", { name: "Stop it" }).count()).toBe(0);
  });
});

describe("an environment whose owner does not know who changes what", () => {
  it("is locked from where its people and rules are, after what stops and how it ends was said; every page then says so", async () => {
    await dashboard.goto(`${founded.place}/people`);
    await dashboard.getByRole("link", { name: "Lock the environment…" }).click();
    await dashboard.getByText(/^One administrator unlocks it, at your key server's page/).waitFor();
    expect(await accessibilityProblems(dashboard)).toEqual([]);
    await dashboard.getByLabel("Why (optional)").fill("nobody knows this request");
    await dashboard.getByRole("button", { name: "Show the exact request" }).click();
    await dashboard.getByRole("button", { name: "Propose: lock" }).click();
    const url = await dashboard.getByRole("link", { name: /Approve/ }).getAttribute("href");
    await person.close(await approve(person, url ?? ""));
    await dashboard.goto(keyPage);
    await dashboard.getByText("This environment is locked.").waitFor();
    const { code } = await keyServer.propose({ act: "key.label", key: objects.keyId, args: { label: "other" } });
    expect(code).toBe("E_LOCKED");
  });

  it("is unlocked by the way that every page shows, and changes are taken again", async () => {
    await dashboard.getByRole("link", { name: "Unlock it…" }).click();
    await dashboard.getByText("Before you unlock").waitFor();
    expect(await accessibilityProblems(dashboard)).toEqual([]);
    await dashboard.getByRole("button", { name: "Show the exact request" }).click();
    await dashboard.getByRole("button", { name: "Propose: unlock" }).click();
    const url = await dashboard.getByRole("link", { name: /Approve/ }).getAttribute("href");
    await person.close(await approve(person, url ?? ""));
    await dashboard.goto(keyPage);
    await dashboard.getByRole("heading", { level: 1 }).waitFor();
    await expect.poll(() => dashboard.getByText("This environment is locked.").count()).toBe(0);
    expect(await keyServer.status()).toMatchObject({ locked: false });
  });
});

describe("a key server that is sealed", () => {
  it("is shown as sealed, with what to do, on the first page and its own; and as serving once it is unsealed", async () => {
    await dashboard.goto(founded.place);
    await keyServer.admin.post("/v1/seal", {});
    await dashboard.getByText(/is sealed: its root key is not in memory/).waitFor();
    await dashboard.getByText(/No key is lost.*holdfast-agent unseal/).waitFor();
    expect(await accessibilityProblems(dashboard)).toEqual([]);
    await dashboard.getByRole("alert").getByRole("link").click();
    await dashboard.getByText("sealed", { exact: true }).waitFor();
    await keyServer.admin.post("/v1/unseal", {});
    await dashboard.getByText("serving", { exact: true }).waitFor();
    expect(await dashboard.getByText(/is sealed/).count()).toBe(0);
  });
});

describe("a page that is still loading", () => {
  it("says nothing of what it does not know yet", async () => {
    const held = Promise.withResolvers<void>();
    await dashboard.route("**/api/trpc/**", async (route) => {
      await held.promise;
      await route.continue().catch(() => {});
    });
    for (const path of ["", "/approvals", "/coming-due"]) {
      await dashboard.goto(`${founded.place}${path}`);
      await dashboard.getByRole("status", { name: "Loading" }).first().waitFor();
      const text = (await dashboard.locator("main").textContent()) ?? "";
      expect(text, path).not.toMatch(/Nothing|No key server yet|No client yet|0 \/ 0|for you 0|connect the first/);
    }
    held.resolve();
    await dashboard.unrouteAll({ behavior: "ignoreErrors" });
  });

  it("says of an id that nothing has that it is not there", async () => {
    await dashboard.goto(`${founded.place}/keys/k_nope`);
    await dashboard.getByRole("heading", { level: 1, name: "No such key" }).waitFor();
  });
});

describe("an enrolment secret", () => {
  it("is proposed where clients are added, lets a machine in, tells what is left of it, and is withdrawn there", async () => {
    await dashboard.goto(`${founded.place}/clients`);
    await dashboard.getByRole("link", { name: "Let machines enrol themselves" }).click();
    await dashboard.getByLabel("Name", { exact: true }).fill("web");
    await dashboard.getByLabel("How many").fill("3");
    await dashboard.getByLabel("From these networks").fill("127.0.0.1");
    const show = dashboard.getByRole("button", { name: "Show the exact request" });
    await show.click();
    await dashboard.getByText("127.0.0.1 is one address: write 127.0.0.1/32.").waitFor();
    await dashboard.getByLabel("From these networks").fill("127.0.0.1/32");
    await show.click();
    await dashboard.getByRole("button", { name: "Propose", exact: true }).click();
    const url = await dashboard.getByRole("link", { name: /Approve/ }).getAttribute("href");
    const page = await approve(person, url ?? "");
    const secret = await saveFrom(page, "Save enrolment.secret", folder);
    const ca = await saveFrom(page, "Save ca.crt", folder);
    await person.close(page);
    const agent = join(REPOSITORY, "apps/agent/bin/holdfast-agent.mjs");
    const at = ["--server", product.restUrl, "--secret", secret, "--ca", ca, "--cert", join(folder, "machine")];
    const enrolled = spawnSync(process.execPath, [agent, "client", "enrol", ...at], { encoding: "utf8" });
    expect([enrolled.status, enrolled.stderr]).toEqual([0, ""]);
    await dashboard.goto(`${founded.place}/clients`);
    await dashboard.getByText("2 more, 1 of 3 came").waitFor();
    await dashboard.getByRole("link", { name: "web 1" }).waitFor();
    await dashboard.getByRole("button", { name: "Withdraw web", exact: true }).click();
    await person.close(await approve(person, await propose()));
    await dashboard.getByText("nobody more, 1 of 3 came").waitFor();
    expect(await dashboard.getByRole("button", { name: "Withdraw web", exact: true }).count()).toBe(0);
  });
});
