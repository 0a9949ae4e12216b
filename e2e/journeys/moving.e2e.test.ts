import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { InvitationAnswer, LinkAnswer, RosterAnswer } from "../../apps/agent/src/admin/answers.ts";
import type { MoveAnswer } from "../../apps/agent/src/admin/move-routes.ts";
import type { PagesAnswer } from "../../apps/agent/src/admin/page-routes.ts";
import { freePort } from "../../apps/agent/src/local-page/testing/page-caller.ts";
import { accessibilityProblems } from "../support/accessibility.ts";
import { openBrowser } from "../support/chromium.ts";
import { MachineClock } from "../support/clock.ts";
import { CompanyAuthority } from "../support/company-authority.ts";
import { hear, wordsOn } from "../support/heard-words.ts";
import { type LoneKeyServer, startLoneKeyServer } from "../support/lone-key-server.ts";
import { CUSTOMER_NAME } from "../support/named-page.ts";
import { Person } from "../support/person.ts";

const DAY = 86_400;
const SOON = { timeout: 30_000, interval: 250 };
const OLD = /^http:\/\/agent\.localhost:/;

let browser: { browser: Browser; close: () => Promise<void> };
let server: LoneKeyServer;
let clock: MachineClock;
let ada: Person;
let grace: Person;
let page: string;

beforeAll(async () => {
  browser = await openBrowser();
  ada = await Person.arrive(browser.browser);
  grace = await Person.arrive(browser.browser);
  server = await startLoneKeyServer(ada, [], {
    clock: (folder) => {
      clock = new MachineClock(join(folder, "clock"));
      return clock;
    },
  });
});
afterAll(async () => {
  await server?.stop();
  for (const person of [ada, grace]) await person?.leave();
  await browser?.close();
});

interface Kept {
  readonly keys: object[];
  readonly log: object[];
}

/** What has to be the same afterwards: every key with its check value, every entry of the log up to now. */
async function kept(): Promise<Kept> {
  const { keys } = await server.admin.get<{ keys: Record<string, unknown>[] }>("/v1/keys");
  const { entries } = await server.admin.get<{ entries: { entry: object }[] }>("/v1/log");
  return {
    keys: keys.map(({ keyId, kcv, label, state, version }) => ({ keyId, kcv, label, state, version })),
    log: entries.map(({ entry }) => entry),
  };
}

/** Makes a passkey at an invitation's address. @returns the words that the screen shows then */
async function makePasskey(person: Person, url: string): Promise<string[]> {
  const tab = await person.open(url);
  await tab.getByRole("button", { name: "Create approval passkey" }).click();
  await tab.getByRole("button", { name: "Use the passkey" }).click();
  const enough = tab.getByRole("button", { name: "One is enough for now" });
  await enough.or(tab.locator(".words-line")).first().waitFor();
  if (await enough.isVisible()) await enough.click();
  const words = await wordsOn(tab);
  await person.close(tab);
  return words;
}

/** One person's approval, at the address that is given. @returns what the page says then */
async function approve(person: Person, url: string, words?: readonly string[]): Promise<{ said: string; tab: Page }> {
  const tab = await person.open(url);
  if (words) await hear(tab, words);
  await tab.getByRole("button", { name: /^Approve/ }).click();
  const heading = tab.getByRole("heading", { level: 1, name: /^(Done|Approved|This was not done)/ });
  await heading.waitFor();
  return { said: (await heading.textContent()) ?? "", tab };
}

/** One step of the move, as `holdfast-agent move` takes it. */
const move = () => server.admin.post<MoveAnswer>("/v1/move", {});

const left = async (): Promise<string[]> => {
  const { steps } = await server.admin.get<{ steps: { done: boolean; what: string }[] }>("/v1/production");
  return steps.filter(({ done }) => !done).map(({ what }) => what);
};

describe("from a try-out to production", () => {
  let before: Kept;

  it("the page comes to stand on a name of the company's, beside the try-out's, and a browser proves it", async () => {
    const made = await server.run("key", "create", "--name", "orders", "--algorithm", "AES-256");
    const { said, tab } = await approve(ada, made.json.approveUrl);
    expect(said).toBe("Done");
    await ada.close(tab);
    before = await kept();
    expect(before.keys).toHaveLength(1);
    const port = await freePort();
    page = `https://${CUSTOMER_NAME}:${port}`;
    const authority = new CompanyAuthority(server.line.root);
    const [request, name] = [server.line.path("page.csr"), ["--name", CUSTOMER_NAME]];
    const where = ["--port", String(port), "--listen", `127.0.0.1:${port}`];
    expect((await server.run("page", "setup", ...name, ...where, "--csr", request)).code).toBe(0);
    expect(await move()).toMatchObject({ stage: "page", to: page });
    const chain = authority.sign(request, "page");
    expect((await server.run("page", "setup", ...name, "--certificate", chain)).json).toMatchObject({
      state: "serving",
    });
    const { url } = (await server.run("page", "check", "--no-wait")).json;
    const shown = await ada.open(url);
    await shown.getByRole("heading", { name: "This browser has found your key server" }).waitFor();
    expect(await accessibilityProblems(shown)).toEqual([]);
    await ada.close(shown);
    const { pages } = await server.admin.get<PagesAnswer>("/v1/pages");
    expect(pages).toMatchObject([
      {
        origin: page,
        state: "serving",
        passkeys: 0,
        checked: { tls: "own", fingerprint: expect.stringMatching(/^[0-9A-F:]{95}$/) },
      },
      { origin: expect.stringMatching(OLD), state: "serving", passkeys: 1 },
    ]);
  });

  it("the passkey gets its successor there: the new one approves at the new address, the old one at the old", async () => {
    const invited = await server.run("move");
    expect(invited).toMatchObject({ code: 3, json: { stage: "passkeys", people: [{ state: "invited" }] } });
    expect((await move()).people).toMatchObject([{ state: "waiting" }]);
    const words = await makePasskey(ada, invited.json.people[0].url);
    const { stage, approve: places } = await move();
    const [oldPlace = "", newPlace = ""] = places;
    expect({ stage, places }).toEqual({
      stage: "approvals",
      places: [expect.stringMatching(OLD), expect.stringMatching(new RegExp(`^${page}/approve#`))],
    });
    const first = await approve(ada, newPlace, words);
    expect(first.said).toBe("Approved by you");
    const way = await first.tab.getByRole("link", { name: OLD }).getAttribute("href");
    expect(way).toBe(oldPlace);
    await ada.close(first.tab);
    const second = await approve(ada, way ?? "", words);
    expect(second.said).toBe("Approved: it waits for its delay");
    await ada.close(second.tab);
    expect(await move()).toMatchObject({ stage: "delay", due: expect.any(Number) });
    await clock.pass(DAY + 600, server.admin);
    await expect.poll(async () => (await move()).stage, SOON).toBe("done");
    const roster = await server.admin.get<RosterAnswer>("/v1/roster");
    expect(roster.administrators.map(({ passkeys }) => passkeys.map(({ origin }) => origin))).toEqual([[page]]);
  });

  it("then a second administrator, another way to unseal and backups; keys and log are those of the try-out", async () => {
    const invited = { kind: "administrator", label: "Grace Hopper" };
    const { url } = await server.admin.post<InvitationAnswer>("/v1/introductions/invite", invited);
    expect(url.startsWith(`${page}/`)).toBe(true);
    const words = await makePasskey(grace, url);
    const { introductions } = await server.admin.get<{ introductions: { label: string; reference: string }[] }>(
      "/v1/introductions",
    );
    const { reference } = introductions.find(({ label }) => label === "Grace Hopper") ?? expect.unreachable();
    const added = await server.admin.post<LinkAnswer>("/v1/roster/propose", { intros: [reference] });
    for (const person of [ada, grace]) await person.close((await approve(person, added.approveUrl ?? "", words)).tab);
    await clock.pass(DAY + 600, server.admin);
    await expect
      .poll(async () => (await server.admin.get<RosterAnswer>("/v1/roster")).administrators.length, SOON)
      .toBe(2);
    const secret = server.line.path("passphrase");
    writeFileSync(secret, "a long passphrase of the company's own\n", { mode: 0o600 });
    expect(await server.run("rekey", "--unseal", "passphrase", "--passphrase-file", secret)).toMatchObject({ code: 0 });
    const policy = await server.run("backup", "policy", "--directory", server.line.path("backups"));
    for (const person of [ada, grace]) await person.close((await approve(person, policy.json.approveUrl)).tab);
    await expect.poll(left, SOON).not.toContain("Backups are made by hand only.");
    const after = await kept();
    expect(after.keys).toEqual(before.keys);
    expect(after.log.slice(0, before.log.length)).toEqual(before.log);
    expect((await server.run("audit", "verify")).code).toBe(0);
    expect(await left()).not.toContain("The page is for one person on this machine.");
  });
});
