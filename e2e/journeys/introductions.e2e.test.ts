import { spawnSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import {
  decodeBase64url,
  encodeBase64url,
  encodeEnvelope,
  encodeIntroduction,
  introductionHash,
  parseIntroduction,
  wordsOf,
} from "@holdfast/protocol";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ActAnswer } from "../../apps/agent/src/admin/answers.ts";
import { accessibilityProblems } from "../support/accessibility.ts";
import { openBrowser } from "../support/chromium.ts";
import { type LoneKeyServer, startLoneKeyServer } from "../support/lone-key-server.ts";
import { Person, saveFrom } from "../support/person.ts";

let browser: { browser: Browser; close: () => Promise<void> };
let administrator: Person;
let newcomer: Person;
let server: LoneKeyServer;
let csr: string;

beforeAll(async () => {
  browser = await openBrowser();
  administrator = await Person.arrive(browser.browser);
  newcomer = await Person.arrive(browser.browser);
  server = await startLoneKeyServer(administrator);
  csr = request509("shop");
});

afterAll(async () => {
  await server?.stop();
  await newcomer?.leave();
  await administrator?.leave();
  await browser?.close();
});

/** A key that stays with the application, and its request, made by OpenSSL. */
function request509(name: string): string {
  const path = (end: string) => server.line.path(`${name}.${end}`);
  const words = ["req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=anything", "-keyout", path("key")];
  const { status, stderr } = spawnSync("openssl", [...words, "-out", path("csr")], { encoding: "utf8" });
  expect([status, status === 0 ? "" : stderr]).toEqual([0, ""]);
  return readFileSync(path("csr"), "utf8");
}

async function invite(): Promise<string> {
  const asked = { kind: "client-key", label: "Shop", seconds: 1800 };
  return (await server.admin.post<{ url: string }>("/v1/introductions/invite", asked)).url;
}

/** The newcomer gives a request and reads the words that their own screen shows. */
async function give(url: string, offer: string): Promise<{ page: Page; words: string[] }> {
  const page = await newcomer.open(url);
  await page.getByLabel(/Certificate request/).fill(offer);
  await page.getByRole("button", { name: "Give it to the key server" }).click();
  await page.getByRole("heading", { name: "Now say these eight words" }).waitFor();
  return { page, words: await wordsOn(page) };
}

async function wordsOn(page: Page): Promise<string[]> {
  const text = (await page.locator(".words-line").textContent()) ?? "";
  return text.split(/[\s·]+/).filter((word) => word !== "");
}

async function newest(): Promise<string> {
  const { introductions } = await server.admin.get<{ introductions: { reference: string }[] }>("/v1/introductions");
  return introductions.at(-1)?.reference ?? "";
}

/** Proposes a client with a key that was introduced. @returns where it is approved */
async function propose(label: string, reference: string): Promise<string> {
  const auth = { kind: "own-key", key: reference, validitySec: 86_400 };
  const args = { label, auth, grants: [{ ops: ["all"], keys: { kind: "own" } }] };
  const request = { act: "client.enrol", args, reason: "", wait: false };
  const { outcome, approveUrl } = await server.admin.post<ActAnswer>("/v1/act", request);
  expect(outcome).toBe("pending");
  return approveUrl ?? "";
}

/** Types three words of eight at the places that the page asks for. */
async function hear(page: Page, words: readonly string[]): Promise<void> {
  const fields = page.locator(".heard-words input");
  await fields.nth(2).waitFor();
  for (const field of await fields.all()) {
    const label = await page.locator(`label[for="${await field.getAttribute("id")}"]`).textContent();
    await field.fill(words[Number(label?.replace("Word ", "")) - 1] ?? "");
  }
}

const approveButton = (page: Page) => page.getByRole("button", { name: /^Approve/ });

describe("a newcomer's key", () => {
  it("comes from the newcomer's own browser, is approved by words that were heard, and then opens the key server", async () => {
    const { page, words } = await give(await invite(), csr);
    expect(words).toHaveLength(8);
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.reload();
    await page.getByRole("heading", { name: "Now say these eight words" }).waitFor();
    expect(await wordsOn(page)).toEqual(words);

    const tab = await administrator.open(await propose("shop", await newest()));
    await hear(tab, words);
    await tab.getByText("These are the words of exactly this key.").waitFor();
    const shown = (await tab.locator("main").textContent()) ?? "";
    expect(words.filter((word) => new RegExp(`\\b${word}\\b`).test(shown)).length).toBeLessThan(4);
    expect(await accessibilityProblems(tab)).toEqual([]);
    await approveButton(tab).click();
    await tab.getByRole("heading", { level: 1, name: "Done" }).waitFor();
    const folder = server.line.path("saved");
    const crt = await saveFrom(tab, "Save client.crt", folder);
    const ca = await saveFrom(tab, "Save ca.crt", folder);
    expect(await tab.getByRole("link", { name: /client.key/ }).count()).toBe(0);
    await administrator.close(tab);
    const certificate = new X509Certificate(readFileSync(crt));
    expect(certificate.publicKey.asymmetricKeyType).toBe("rsa");
    const key = readFileSync(server.line.path("shop.key"));
    expect(await keysOf({ cert: readFileSync(crt), key, ca: readFileSync(ca) })).toBe(200);
  });

  it("cannot be approved with words of other bytes, however often they are typed, and can be rejected", async () => {
    const { words } = await give(await invite(), request509("swapped"));
    const other = await give(await invite(), request509("real"));
    const tab = await administrator.open(await propose("swapped", await newest()));
    const asked = () => tab.locator(".heard-words label").allTextContents();
    await hear(tab, words);
    await tab.getByText("These are not the words of this key.").waitFor();
    const first = await asked();
    const reject = tab.getByRole("button", { name: "Reject" });
    await expect.poll(() => reject.isEnabled()).toBe(true);
    expect(await approveButton(tab).isEnabled()).toBe(false);
    await tab.reload();
    await hear(tab, words);
    await tab.getByText("These are not the words of this key.").waitFor();
    expect(await asked()).toEqual(first);
    await hear(tab, other.words);
    await expect.poll(() => approveButton(tab).isEnabled()).toBe(true);
    await hear(tab, words);
    await expect.poll(() => approveButton(tab).isEnabled()).toBe(false);
    await reject.click();
    await tab.getByRole("heading", { level: 1, name: "Rejected" }).waitFor();
    await administrator.close(tab);
  });

  it("cannot be swapped by whoever carries the command: another key in its place is refused E_INTRO", async () => {
    const { words } = await give(await invite(), request509("carried"));
    const url = await propose("carried", await newest());
    const hash = url.split("#")[1] ?? "";
    const tab = await administrator.open(url);
    await tab.locator(".heard-words input").nth(2).waitFor();
    const shown = await tab.evaluate(async (asked) => {
      const answer = await fetch(`/page/commands?hashes=${asked}`, { headers: { "holdfast-page": "1" } });
      return ((await answer.json()) as { commands: { doc: string; intros: string[] }[] }).commands[0];
    }, hash);
    const [doc = "", intro = ""] = [shown?.doc, shown?.intros[0]];
    const taken = parseIntroduction(decodeBase64url(intro));
    const swapped = encodeIntroduction({ ...taken, rand: encodeBase64url(new Uint8Array(16)) });
    expect(wordsOf(introductionHash(swapped))).not.toEqual(words);
    for (const intros of [[encodeBase64url(swapped)], [intro, encodeBase64url(swapped)], []]) {
      const envelope = encodeEnvelope({ typ: "env", ver: 1, doc, approvals: [], intros });
      const answer = await server.admin.post<ActAnswer>("/v1/envelope", { envelope: encodeBase64url(envelope) });
      expect(answer).toMatchObject({ outcome: "refused", code: "E_INTRO" });
    }
    await hear(tab, words); // what waits is as it was
    await approveButton(tab).click();
    await tab.getByRole("heading", { level: 1, name: "Done" }).waitFor();
    await administrator.close(tab);
  });

  it("is never sent when it is a private key, and an invitation that was used says that somebody did", async () => {
    const url = await invite();
    const page = await newcomer.open(url);
    const sent: string[] = [];
    page.on("request", (each) => sent.push(each.postData() ?? ""));
    await page.getByLabel(/Certificate request/).fill(readFileSync(server.line.path("shop.key"), "utf8"));
    await page.getByRole("button", { name: "Give it to the key server" }).click();
    await page.getByText("This holds a private key. It was not sent.").waitFor();
    expect(sent.filter((body) => body.includes("PRIVATE"))).toEqual([]);
    await give(url, request509("used"));
    const again = await newcomer.open(url);
    await again.getByText(/tell whoever invited you that somebody else did/).waitFor();
    expect(await again.locator(".words-line").count()).toBe(0);
  });

  it("of the command line has its words printed there, and is approved by them", async () => {
    writeFileSync(server.line.path("cli.csr"), request509("cli"));
    const words = ["cli", "--cert", server.line.path("cli"), "--csr", server.line.path("cli.csr")];
    const { code, json } = await server.run("client", "create", ...words, "--grant", "all on own");
    expect(code).toBe(3);
    const tab = await administrator.open(json.approveUrl);
    await hear(tab, json.words);
    await approveButton(tab).click();
    await tab.getByRole("heading", { level: 1, name: "Done" }).waitFor();
    await administrator.close(tab);
  });
});

/** Lists keys over mutual TLS. @returns the status of the answer */
function keysOf(identity: { readonly cert: Buffer; readonly key: Buffer; readonly ca: Buffer }): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(`${server.restUrl}/v1/keys`, { ...identity, agent: false }, (response) => {
      response.resume().once("end", () => resolve(response.statusCode ?? 0));
    });
    sent.once("error", reject);
    sent.end();
  });
}
