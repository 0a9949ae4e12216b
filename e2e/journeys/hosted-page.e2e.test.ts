import {
  approveChallenge,
  decodeBase64url,
  encodeBase64url,
  encodeEnvelope,
  hostedAnswer,
  hostedChangeAsk,
  type PasskeyApproval,
  parseEnvelope,
} from "@holdfast/protocol";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type {
  ActAnswer,
  ClientView,
  IntroductionView,
  LinkAnswer,
  RosterAnswer,
} from "../../apps/agent/src/admin/answers.ts";
import { accessibilityProblems } from "../support/accessibility.ts";
import { decide } from "../support/administrator-page.ts";
import { assertionIn } from "../support/assertion-in.ts";
import { openBrowser } from "../support/chromium.ts";
import { approve, type Founded, foundEnvironment } from "../support/first-run.ts";
import { wordsOn } from "../support/heard-words.ts";
import { KeyServer } from "../support/key-server.ts";
import { Person } from "../support/person.ts";
import { type Product, startProduct } from "../support/product.ts";

const RP_ID = "approve.localhost";

let product: Product;
let browser: { browser: Browser; close: () => Promise<void> };
let ada: Person;
let founded: Founded;
let keyServer: KeyServer;
let keyId: string;

beforeAll(async () => {
  [product, browser] = await Promise.all([startProduct(), openBrowser()]);
  ada = await Person.arrive(browser.browser);
  await product.waitFor(/Ctrl-C stops everything/);
  founded = await foundEnvironment(ada, product);
  keyServer = new KeyServer(product);
});

afterAll(async () => {
  await ada?.leave();
  await browser?.close();
  await product?.stop();
});

const item = {
  label: "orders",
  algorithm: "AES-256",
  usage: ["encrypt", "decrypt"],
  group: "default",
  extractable: false,
};

/** Has somebody approve at the key server's own page. */
async function approveThere({ approveUrl }: Pick<ActAnswer, "approveUrl">): Promise<void> {
  await ada.close(await approve(ada, approveUrl ?? ""));
}

/** Opens the hosted page from a request's page in the dashboard, once the key server has told of it. */
async function hostedFor(hash: string, name: RegExp): Promise<Page> {
  const page = await ada.open(`${founded.place}/approvals/${hash}`);
  const href = await page.getByRole("link", { name }).getAttribute("href", { timeout: 60_000 });
  await ada.close(page);
  return ada.open(href ?? "");
}

/** What the hosted page would do if it were hostile: has its passkey sign what nobody was shown, and hands it to the dashboard. */
async function signedUnseen(decision: 1 | 2, hash: string): Promise<PasskeyApproval> {
  const page = await ada.open(product.hostedOrigin);
  const assertion = await assertionIn(page, RP_ID, approveChallenge(decision, [hash]));
  await ada.close(page);
  if ("refused" in assertion) throw new TypeError(`The browser refused: ${assertion.refused}`);
  return { decision, list: [hash], ...assertion };
}

/** Opens the dashboard as the hosted page does, with a decision. */
function handOver(approval: PasskeyApproval): Promise<Page> {
  const bytes = hostedAnswer.encode({
    ...{ typ: "hosted-answer", ver: 1 },
    approval: { ...approval, decision: approval.decision },
  });
  return ada.open(`${founded.place}/approvals/carried#${encodeBase64url(bytes)}`);
}

const stateOf = async (id: string) => (await keyServer.keys()).find((key) => key.keyId === id)?.state;

describe("a passkey of the page that the dashboard's operator serves", () => {
  it("is made there, introduced to the key server itself, and counts once a change is approved at the key server's page", async () => {
    const { administrators } = await keyServer.admin.get<RosterAnswer>("/v1/roster");
    const { url } = await keyServer.admin.post<{ url: string }>("/v1/introductions/invite", {
      ...{ kind: "administrator", adm: administrators[0]?.adm ?? "", hosted: product.hostedOrigin },
    });
    const page = await ada.open(url);
    await page.getByRole("heading", { name: "A passkey for the operator's page" }).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole("button", { name: /^Go on at approve\.localhost/ }).click();
    await page.getByRole("heading", { name: "Create a passkey for this page" }).waitFor();
    expect(new URL(page.url()).origin).toBe(product.hostedOrigin);
    expect(page.url()).not.toContain(url.split("#")[1]);
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole("button", { name: "Create passkey" }).click();
    await page.getByRole("button", { name: "Use the passkey" }).click();
    await page.getByRole("button", { name: "Give it to the key server" }).click();
    await page.locator(".words-line").waitFor();
    const words = await wordsOn(page);
    await ada.close(page);
    const { introductions } = await keyServer.admin.get<{ introductions: IntroductionView[] }>("/v1/introductions");
    const intros = introductions.map(({ reference }) => reference);
    const link = await keyServer.admin.post<LinkAnswer>("/v1/roster/propose", { intros });
    expect(JSON.stringify(link.changes)).toContain("a page that the operator serves");
    expect(await decide(ada, link.approveUrl ?? "", words)).toBe("Done");
    const after = await keyServer.admin.get<RosterAnswer>("/v1/roster");
    expect(after.administrators[0]?.passkeys).toMatchObject([
      { channel: "this-machine", origin: product.pageOrigin },
      { channel: "hosted", origin: product.hostedOrigin },
    ]);
  });

  it("creates a key that can never leave, and suspends it, from the dashboard and back", async () => {
    const created = await keyServer.propose({ act: "key.create", args: { items: [item] } });
    const page = await hostedFor(created.hash, /^Decide from this device/);
    await page.getByRole("heading", { name: /orders/ }).waitFor();
    await page.getByText("served by the operator").waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole("button", { name: "Approve with passkey" }).click();
    await page.waitForURL(`${founded.place}/approvals/carried`);
    await page.getByText("done", { exact: true }).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await ada.close(page);
    keyId = (await keyServer.keys())[0]?.keyId ?? "";
    expect(await stateOf(keyId)).toBe("active");

    const suspension = await keyServer.propose({ act: "key.suspend", key: keyId, args: {} });
    const again = await hostedFor(suspension.hash, /^Decide from this device/);
    await again.getByRole("button", { name: "Approve with passkey" }).click();
    await again.getByText("done", { exact: true }).waitFor();
    await ada.close(again);
    expect(await stateOf(keyId)).toBe("suspended");
    await approveThere(await keyServer.propose({ act: "key.resume", key: keyId, args: {} }));
    expect(await stateOf(keyId)).toBe("active");
  });

  it("is not in vain where the dashboard's session ended meanwhile: what was signed goes on after signing in", async () => {
    const suspension = await keyServer.propose({ act: "key.suspend", key: keyId, args: {} });
    const page = await hostedFor(suspension.hash, /^Decide from this device/);
    const other = await ada.open(`${founded.place}/keys`);
    await other.getByRole("button", { name: "Sign out" }).click();
    await other.waitForURL(/\/sign-in/);
    await ada.close(other);
    await page.getByRole("button", { name: "Approve with passkey" }).click();
    await page.waitForURL(/\/sign-in\?next=/);
    await page.getByText("Your decision is kept.").waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await page.waitForURL(`${founded.place}/approvals/carried`);
    await page.getByText("done", { exact: true }).waitFor();
    await page.reload();
    await page.getByText("This address brings no decision.").waitFor();
    await ada.close(page);
    expect(await stateOf(keyId)).toBe("suspended");
    await approveThere(await keyServer.propose({ act: "key.resume", key: keyId, args: {} }));
  });

  it("stops what waits, whatever it is", async () => {
    const waiting = await keyServer.propose({ act: "key.destroy", key: keyId, args: {} });
    const page = await hostedFor(waiting.hash, /^Stop it from this device/);
    await page.getByText("An approval at this page does not count for this.").waitFor();
    expect(await page.getByRole("button", { name: /Approve/ }).count()).toBe(0);
    await page.getByRole("button", { name: "Stop it" }).click();
    await page.getByText("stopped", { exact: true }).waitFor();
    await ada.close(page);
    expect(await stateOf(keyId)).toBe("active");
  });
});

const enrolment = (label: string) => ({
  ...{ label, auth: { kind: "issued", validitySec: 86_400 } },
  grants: [{ ops: ["encrypt", "decrypt"], keys: { kind: "group", id: "default" } }],
});

describe("rows 26 and 121: a hosted page that shows one thing and signs another", () => {
  let clientId: string;
  /** The administrators and rules in force, as the dashboard knows them. */
  let list: string | undefined;
  const clients = async () => (await keyServer.admin.get<{ clients: ClientView[] }>("/v1/clients")).clients;
  const held = async () => JSON.stringify([await keyServer.keys(), await clients()]);

  beforeAll(async () => {
    await approveThere(await keyServer.propose({ act: "client.enrol", args: enrolment("shop") }));
    clientId = (await clients())[0]?.clientId ?? "";
  });

  it.each([
    ["the end of a key", () => ({ act: "key.deactivate", key: keyId, args: {} })],
    ["the end of a client", () => ({ act: "client.revoke", client: clientId, args: {} })],
    [
      "a new client",
      () => ({
        act: "client.enrol",
        args: enrolment("mallory"),
      }),
    ],
  ])("gets %s refused E_CHANNEL, on record, and the next honest command is obeyed", async (_, request) => {
    const { hash, outcome } = await keyServer.propose(request());
    expect(outcome).toBe("pending");
    const approval = await signedUnseen(1, hash);
    const before = await keyServer.standing();
    const heldBefore = await held();
    const page = await handOver(approval);
    await page.getByText("E_CHANNEL").waitFor({ timeout: 30_000 });
    await page
      .getByText("An approval was given on a page that does not count for this, or not for so much at once.")
      .waitFor();
    await ada.close(page);
    expect(await held()).toBe(heldBefore);
    expect(await keyServer.entriesFrom(before.size)).toMatchObject([
      { kind: "command.refused", subject: hash, code: "E_CHANNEL" },
    ]);
    await approveThere(
      await keyServer.propose({ act: "key.label", key: keyId, args: { label: `orders ${hash.slice(0, 4)}` } }),
    );
  });

  it("gets no change of administrators in force, and stops one that waits its delay", async () => {
    const { seq } = await keyServer.admin.get<RosterAnswer>("/v1/roster");
    const link = await keyServer.admin.post<LinkAnswer>("/v1/roster/propose", { renew: true });
    const kept = await keyServer.admin.get<{ envelope: string }>(`/v1/roster/links/${link.hash}`);
    const { doc } = parseEnvelope(decodeBase64url(kept.envelope));
    const approval = await signedUnseen(1, link.hash);
    const answer = await keyServer.deliver(encodeEnvelope({ typ: "env", ver: 1, doc, approvals: [approval] }));
    expect([answer.outcome, answer.code]).toEqual(["refused", "E_CHANNEL"]);
    expect((await keyServer.admin.get<RosterAnswer>("/v1/roster")).seq).toBe(seq);
    expect(await decide(ada, link.approveUrl ?? "")).toBe("Approved: it waits for its delay");
    const people = await ada.open(`${founded.place}/people`);
    const href = await people
      .getByRole("link", { name: /^Stop it from this device/ })
      .getAttribute("href", { timeout: 60_000 });
    await ada.close(people);
    list = hostedChangeAsk.parse(decodeBase64url(href?.split("#change.")[1] ?? "")).base;
    const page = await ada.open(href ?? "");
    await page.getByText(/The list is good until/).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole("button", { name: "Stop it" }).click();
    await page.getByText("stopped", { exact: true }).waitFor();
    await ada.close(page);
    expect(await keyServer.admin.get<RosterAnswer>("/v1/roster")).toMatchObject({ seq, links: [] });
  });

  it("is not where a removal is stopped, which nobody's no ends", async () => {
    const { administrators } = await keyServer.admin.get<RosterAnswer>("/v1/roster");
    const passkey = administrators[0]?.passkeys.find(({ channel }) => channel === "hosted")?.credId;
    const link = await keyServer.admin.post<LinkAnswer>("/v1/roster/propose", { passkey });
    const people = await ada.open(`${founded.place}/people`);
    const change = people.getByRole("listitem").filter({ has: people.getByRole("button", { name: "What changes" }) });
    await change.getByRole("link", { name: "Review" }).waitFor({ timeout: 60_000 });
    expect(await change.getByRole("link", { name: /^Stop it/ }).count()).toBe(0);
    await ada.close(people);
    const kept = await keyServer.admin.get<{ envelope: string }>(`/v1/roster/links/${link.hash}`);
    const { doc } = parseEnvelope(decodeBase64url(kept.envelope));
    const ask = {
      typ: "hosted-change-ask",
      ver: 1,
      place: new URL(founded.place).pathname,
      doc,
      base: list,
      creds: [passkey ?? ""],
    } as const;
    const page = await ada.open(`${product.hostedOrigin}/#change.${encodeBase64url(hostedChangeAsk.encode(ask))}`);
    await page.getByText(/It only takes away, so nobody's no ends it\./).waitFor();
    expect(await page.getByRole("button", { name: "Stop it" }).count()).toBe(0);
    await ada.close(page);
    expect(await decide(ada, link.approveUrl ?? "")).toBe("Done");
  });
});
