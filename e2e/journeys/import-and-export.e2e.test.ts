import { generateKeyPairSync, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { parseExport, parseOfferFile, verifyImportOffer, wordsOf } from "@holdfast/protocol";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ActAnswer, KeyView, ReceivedView } from "../../apps/agent/src/admin/answers.ts";
import { openExport } from "../../apps/agent/src/custody/transfer/open-export.ts";
import { sealKeys } from "../../apps/agent/src/transfer/seal-keys.ts";
import { accessibilityProblems } from "../support/accessibility.ts";
import { openBrowser } from "../support/chromium.ts";
import { type LoneKeyServer, startLoneKeyServer } from "../support/lone-key-server.ts";
import { Person, saveFrom } from "../support/person.ts";

let browser: { browser: Browser; close: () => Promise<void> };
let administrator: Person;
let recipient: Person;
let server: LoneKeyServer;
const material = randomBytes(32);
const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });

beforeAll(async () => {
  browser = await openBrowser();
  administrator = await Person.arrive(browser.browser);
  recipient = await Person.arrive(browser.browser);
  server = await startLoneKeyServer(administrator);
});

afterAll(async () => {
  await server?.stop();
  await recipient?.leave();
  await administrator?.leave();
  await browser?.close();
});

/** Proposes an act at the key server's own socket. */
async function propose(act: string, args: object): Promise<{ hash: string; tab: Page }> {
  const asked = { act, args, reason: "", wait: false };
  const { outcome, hash, approveUrl } = await server.admin.post<ActAnswer>("/v1/act", asked);
  expect(outcome).toBe("pending");
  return { hash, tab: await administrator.open(approveUrl ?? "") };
}

async function approve(tab: Page): Promise<void> {
  await tab.getByRole("button", { name: /^Approve/ }).click();
  await tab.getByRole("heading", { level: 1, name: "Done" }).waitFor();
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

describe("a key that existed before", () => {
  it("is sealed where it is, comes in when an administrator has heard its words, and counts as known elsewhere", async () => {
    const begun = await propose("import.begin", { form: "hpke", most: 5 });
    await approve(begun.tab);
    await administrator.close(begun.tab);
    const offer = await verifyImportOffer(parseOfferFile(await server.admin.get(`/v1/imports/${begun.hash}`)));
    const key = {
      ...({ label: "orders", type: "symmetric-key", algorithm: "AES-256", format: "raw" } as const),
      ...({ usage: ["encrypt", "decrypt"], group: "default", extractable: true } as const),
    };
    const sealed = Buffer.from(await sealKeys(offer, [{ key, versions: [Buffer.from(material)] }])).toString(
      "base64url",
    );
    const given = { sealed, label: "The old house" };
    const received = await server.admin.post<ReceivedView>("/v1/imports/sealed", given);
    const { tab } = await propose("import.commit", { sealed: received.reference });
    await tab.getByText(/known to a former holder until it is rotated/).waitFor();
    await hear(tab, received.words);
    expect(await accessibilityProblems(tab)).toEqual([]);
    await approve(tab);
    await administrator.close(tab);
    const { keys } = await server.admin.get<{ keys: KeyView[] }>("/v1/keys");
    expect(keys).toMatchObject([{ label: "orders", known: true, extractable: true }]);
  });

  it("leaves for a recipient whose key came from the recipient's own browser, and only that person opens it", async () => {
    const asked = { kind: "recipient", label: "New house", seconds: 1800 };
    const { url } = await server.admin.post<{ url: string }>("/v1/introductions/invite", asked);
    const page = await recipient.open(url);
    await page.getByRole("textbox").fill(publicKey.export({ format: "pem", type: "spki" }).toString());
    await page.getByRole("button", { name: "Give it to the key server" }).click();
    await page.getByRole("heading", { name: "Now say these eight words" }).waitFor();
    const { introductions } = await server.admin.get<{ introductions: { hash: string; reference: string }[] }>(
      "/v1/introductions",
    );
    const { hash = "", reference = "" } = introductions.at(-1) ?? {};
    const args = { recipient: { label: "New house", key: reference }, form: "hpke", keys: ["orders"] };
    const { tab } = await propose("export.wrap", args);
    await tab.getByText(/whoever has that private key has it for good/).waitFor();
    await hear(tab, wordsOf(hash));
    await approve(tab);
    await tab.getByRole("heading", { name: "The keys that you let out, once" }).waitFor();
    expect(await accessibilityProblems(tab)).toEqual([]);
    const saved = await saveFrom(tab, /^Save export-.+[.]json$/, server.line.path("saved"));
    await administrator.close(tab);
    const pem = Buffer.from(privateKey.export({ format: "pem", type: "pkcs8" }).toString());
    const [opened] = await openExport(parseExport(readFileSync(saved)), pem);
    expect(opened?.material.equals(material)).toBe(true);
  });
});
