import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RosterAnswer } from "../../apps/agent/src/admin/answers.ts";
import { accessibilityProblems } from "../support/accessibility.ts";
import { decide, makePasskey } from "../support/administrator-page.ts";
import { openBrowser } from "../support/chromium.ts";
import { MachineClock } from "../support/clock.ts";
import { type LoneKeyServer, startLoneKeyServer } from "../support/lone-key-server.ts";
import { Person } from "../support/person.ts";

const HOUR = 3_600;
const [ADA, GRACE, EMMY] = ["Ada Lovelace", "Grace Hopper", "Emmy Noether"];
/** Longer than the rules' ten minutes. */
const WAIT = 900;
/** What is due is put in force within seconds. */
const SOON = { timeout: 30_000, interval: 500 };

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
const idOf = async (label: string) => (await roster()).administrators.find((one) => one.label === label)?.adm ?? "";

/** Somebody who is invited makes a passkey. @returns the reference of what they gave, and their eight words */
async function introduce(device: Person, ...who: string[]): Promise<{ reference: string; words: string[] }> {
  const before = await references();
  const { json } = await server.run("admin", "invite", ...who);
  const { page, words } = await makePasskey(device, json.url);
  await device.close(page);
  const reference = (await references()).find((one) => !before.includes(one)) ?? "";
  return { reference, words };
}

const references = async () =>
  ((await server.run("intro", "list")).json.introductions as { reference: string }[]).map((one) => one.reference);

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
  });
});

describe("losing", () => {
  let grace: Person;
  let emmy: Person;

  it("begins with three administrators, any two of whom decide, and rules that wait ten minutes", async () => {
    [grace, emmy] = [await newDevice(), await newDevice()];
    const invited = await introduce(grace, GRACE);
    const first = await server.run("admin", "add", invited.reference);
    expect(await decide(ada, first.json.approveUrl, invited.words)).toBe("Approved by you");
    expect(await decide(grace, first.json.approveUrl, invited.words)).toBe("Done");
    const other = await introduce(emmy, EMMY);
    const second = await server.run("admin", "add", other.reference);
    await decide(ada, second.json.approveUrl, other.words);
    expect(await decide(grace, second.json.approveUrl, other.words)).toBe("Done");
    const rule = await server.run("policy", "set", "roster.update", "--delay", "PT10M");
    await decide(ada, rule.json.approveUrl);
    expect(await decide(emmy, rule.json.approveUrl)).toBe("Done");
    await expectObeys("before", ada);
  });

  it("one passkey: the other passkey approves the change that puts a third in its place", async () => {
    const [lost = ""] = await passkeysOf(ADA);
    const second = await newDevice();
    const further = await introduce(second, "--of", await idOf(ADA));
    const { json: added } = await server.run("admin", "add", further.reference);
    await decide(ada, added.approveUrl, further.words);
    expect(await decide(grace, added.approveUrl, further.words)).toContain("waits for its delay");
    await clock.pass(WAIT, server.admin);
    await expect.poll(() => passkeysOf(ADA), SOON).toHaveLength(2);
    const third = await newDevice();
    const made = await introduce(third, "--of", await idOf(ADA));
    const { json: replaced } = await server.run("admin", "add", made.reference, "--without", lost);
    await decide(second, replaced.approveUrl, made.words);
    expect(await decide(grace, replaced.approveUrl, made.words)).toContain("waits for its delay");
    await clock.pass(WAIT, server.admin);
    await expect.poll(() => passkeysOf(ADA), SOON).not.toContain(lost);
    await expectObeys("with the third", third);
    ada = third;
  });

  it("all devices of one administrator: the others have a new passkey take the lost one's place", async () => {
    const [lost = ""] = await passkeysOf(GRACE);
    const fresh = await newDevice();
    const made = await introduce(fresh, "--of", await idOf(GRACE));
    const { json } = await server.run("admin", "add", made.reference, "--without", lost);
    await decide(ada, json.approveUrl, made.words);
    expect(await decide(emmy, json.approveUrl, made.words)).toContain("waits for its delay");
    await clock.pass(WAIT, server.admin);
    await expect.poll(() => passkeysOf(GRACE), SOON).not.toContain(lost);
    await expectObeys("by Grace's new phone", fresh);
    grace = fresh;
  });

  it("one administrator: the others remove them at once, and what they had approves nothing", async () => {
    const { json } = await server.run("admin", "remove", EMMY);
    await decide(ada, json.approveUrl);
    expect(await decide(grace, json.approveUrl)).toBe("Done");
    expect((await roster()).administrators.map(({ label }) => label)).toEqual([ADA, GRACE]);
    const asked = await server.run("key", "create", "--name", "by nobody", "--algorithm", "AES-256");
    const page = await emmy.open(asked.json.approveUrl);
    await page.getByRole("button", { name: /^Approve/ }).click();
    await page.getByText("E_PASSKEY").waitFor();
    await emmy.close(page);
  });

  it("every passkey: the replacement key's 24 words, typed at the page, bring others after 72 hours", async () => {
    const [fresh, hers] = [await newDevice(), await newDevice()];
    const begun = await server.run("recover", "begin", ADA, GRACE);
    expect(begun.code).toBe(3);
    const [invited, too] = begun.json.invited as { url: string; inviteId: string }[];
    const { page, words } = await makePasskey(fresh, invited?.url ?? "");
    const other = await makePasskey(hers, too?.url ?? "");
    await page.getByText("Waiting for the console…").waitFor();
    const both = (first: readonly string[]) => [
      ...["--invited", invited?.inviteId ?? "", "--words", first.join(" ")],
      ...["--invited", too?.inviteId ?? "", "--words", other.words.join(" ")],
    ];
    const refused = await server.run("recover", "propose", ...both(words.map(() => "zoo")));
    expect(refused.json.error.code).toBe("E_WORDS");
    expect((await server.run("recover", "propose", ...both(words))).code).toBe(3);
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
    await seen.goto(server.origin);
    await seen.getByText(/^A recovery by replacement keys will be in force /).waitFor();
    expect(await accessibilityProblems(seen)).toEqual([]);
    await ada.close(seen);
    await expectObeys("while it waits", ada);
    await clock.pass(72 * HOUR + 300, server.admin);
    await page.getByRole("heading", { name: "Done. Your new passkeys are good" }).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    expect([await passkeysOf(ADA), await passkeysOf(GRACE)].map((all) => all.length)).toEqual([1, 1]);
    await expectObeys("after the recovery", fresh);
    await expectObeys("by both", hers);
  });
});
