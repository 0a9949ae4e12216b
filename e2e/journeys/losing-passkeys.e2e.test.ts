import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RosterAnswer } from "../../apps/agent/src/admin/answers.ts";
import { accessibilityProblems } from "../support/accessibility.ts";
import { openBrowser } from "../support/chromium.ts";
import { MachineClock } from "../support/clock.ts";
import { hear, wordsOn } from "../support/heard-words.ts";
import { type LoneKeyServer, startLoneKeyServer } from "../support/lone-key-server.ts";
import { Person } from "../support/person.ts";

const HOUR = 3_600;
const ADA = "Ada Lovelace";

let browser: { browser: Browser; close: () => Promise<void> };
let server: LoneKeyServer;
let clock: MachineClock;
let ada: Person;
const devices: Person[] = [];

/** A person at a device that has none of the passkeys made so far. */
async function newDevice(): Promise<Person> {
  const device = await Person.arrive(browser.browser);
  devices.push(device);
  return device;
}

beforeAll(async () => {
  browser = await openBrowser();
  ada = await newDevice();
  server = await startLoneKeyServer(ada, [], {
    named: true,
    clock: (folder) => {
      clock = new MachineClock(join(folder, "clock"));
      return clock;
    },
  });
});
afterAll(async () => {
  await server?.stop();
  for (const device of devices) await device.leave();
  await browser?.close();
});

const roster = () => server.admin.get<RosterAnswer>("/v1/roster");
const passkeysOf = async (label: string) =>
  (await roster()).administrators.find((one) => one.label === label)?.passkeys.map(({ credId }) => credId) ?? [];

/** Makes passkeys at an invitation's address. @returns the words that the screen shows then */
async function makePasskey(device: Person, url: string): Promise<{ page: Page; words: string[] }> {
  const page = await device.open(url);
  const begin = page.getByRole("button", { name: "Begin" });
  const create = page.getByRole("button", { name: "Create approval passkey" });
  await begin.or(create).first().waitFor();
  if (await begin.isVisible()) await begin.click();
  await create.click();
  await page.getByRole("button", { name: "Use the passkey" }).click();
  const enough = page.getByRole("button", { name: "One is enough for now" });
  const shown = page.locator(".words-line");
  await enough.or(shown).first().waitFor();
  if (await enough.isVisible()) await enough.click();
  await shown.waitFor();
  return { page, words: await wordsOn(page) };
}

/** One touch at the key server's page. @returns what it says then */
async function decide(device: Person, url: string, words?: readonly string[]): Promise<string> {
  const page = await device.open(url);
  if (words) await hear(page, words);
  await page.getByRole("button", { name: /^Approve/ }).click();
  const heading = page.getByRole("heading", { level: 1, name: /^(Done|Approved|This was not done)/ });
  await heading.waitFor().catch(async () => {
    throw new TypeError(`Not decided; the page says:\n${await page.locator("body").textContent()}`);
  });
  const said = (await heading.textContent()) ?? "";
  await device.close(page);
  return said;
}

/** A key is made by whoever approves, and works. */
async function expectObeys(label: string, ...by: readonly Person[]): Promise<void> {
  const { json } = await server.run("key", "create", "--name", label, "--algorithm", "AES-256");
  for (const one of by) await decide(one, json.approveUrl);
  const { keys } = await server.admin.get<{ keys: { label: string; state: string }[] }>("/v1/keys");
  expect(keys.filter((key) => key.label === label)).toMatchObject([{ state: "active" }]);
}

describe("the replacement key", () => {
  it("is practised at the page and at the console, and nothing is changed by that", async () => {
    const { size } = await server.admin.get<{ size: number }>("/v1/status");
    const page = await ada.open(server.origin);
    await page.getByRole("link", { name: "Lost a passkey?" }).click();
    await page.getByRole("heading", { name: "Lost a passkey?" }).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole("button", { name: "Practise with the 24 words" }).click();
    const field = page.getByLabel("The 24 words of the replacement key");
    const check = page.getByRole("button", { name: "Check the words" });
    await field.fill(server.replacementKey.slice(0, 23).join(" "));
    await check.click();
    await page.getByText("There are 23 words here; it takes 24.").waitFor();
    await field.fill([...server.replacementKey].reverse().join("\n"));
    await check.click();
    await page.getByText(/one is another than on your copy/).waitFor();
    await field.fill(server.replacementKey.map((word, at) => `${at + 1}. ${word}`).join("\n"));
    await check.click();
    await page.getByRole("heading", { name: "The words are right" }).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await ada.close(page);
    const file = server.line.path("words");
    writeFileSync(file, `${server.replacementKey.join("\n")}\n`, { mode: 0o600 });
    const practised = await server.run("recover", "practice", "--words-file", file);
    expect(practised.json).toMatchObject({ works: true, key: 1, of: 1, m: 1 });
    expect(await server.admin.get("/v1/status")).toMatchObject({ size });
    await expectObeys("before", ada);
  });
});

describe("losing", () => {
  it("every passkey: the replacement key's 24 words, typed at the page, bring others after 72 hours", async () => {
    const fresh = await newDevice();
    const begun = await server.run("recover", "begin");
    expect(begun.code).toBe(3);
    const [invited] = begun.json.invited as { url: string; inviteId: string }[];
    const { page, words } = await makePasskey(fresh, invited?.url ?? "");
    await page.getByText("Waiting for the console…").waitFor();
    const wrong = words.map(() => "zoo").join(" ");
    const refused = await server.run("recover", "propose", "--invited", invited?.inviteId ?? "", "--words", wrong);
    expect(refused.json.error.code).toBe("E_WORDS");
    const proposed = await server.run(
      "recover",
      "propose",
      "--invited",
      invited?.inviteId ?? "",
      "--words",
      words.join(" "),
    );
    expect(proposed.code).toBe(3);
    await page.getByRole("heading", { name: "Sign the recovery" }).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    const sent: string[] = [];
    page.on("request", (request) => sent.push(request.postData() ?? ""));
    await page.getByLabel("The 24 words of the replacement key").fill(server.replacementKey.join(" "));
    await page.getByRole("button", { name: "Sign the recovery" }).click();
    await page.getByRole("heading", { name: "The recovery is under way" }).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    for (const word of server.replacementKey.slice(0, 5)) expect(sent.join("\n")).not.toContain(word);
    await page.getByText(/^(3 days and 0 hours|2 days and 23 hours) left$/).waitFor();
    const status = await server.run("recover", "status");
    expect(status.json.waiting).toMatchObject([{ status: "scheduled", have: 1, need: 1, mayObject: false }]);
    const seen = await ada.open(`${server.origin}/recover`);
    await seen.getByRole("heading", { name: "A recovery is under way" }).waitFor();
    await ada.close(seen);
    await expectObeys("while it waits", ada);
    await clock.pass(72 * HOUR + 300, server.admin);
    await page.getByRole("heading", { name: "Done. Your new passkeys are good" }).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    expect(await passkeysOf(ADA)).toHaveLength(1);
    await expectObeys("after the recovery", fresh);
    ada = fresh;
  });
});
