import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  approveChallenge,
  type Command,
  encodeBase64url,
  encodeEnvelope,
  type PasskeyApproval,
} from "@holdfast/protocol";
import { changeCommand, duplicateApprovals, moveApprovals, stripApprovals } from "@holdfast/testkit";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assertionIn } from "../support/assertion-in.ts";
import { openBrowser } from "../support/chromium.ts";
import { approve, compareWords, registerAdministrator, signUp } from "../support/first-run.ts";
import { type ForeignSite, startForeignSite } from "../support/foreign-site.ts";
import { KeyServer } from "../support/key-server.ts";
import { Person } from "../support/person.ts";
import { type Product, REPOSITORY, startProduct } from "../support/product.ts";
import { callPage, type RawPageAnswer, type RawPageCall } from "../support/raw-page-call.ts";
import { startRelay } from "../support/relay.ts";

const RP_ID = "agent.localhost";
const CLAIM = /(http:\/\/agent\.localhost:\d+\/claim#([\w-]{22}))/;

let product: Product;
let browser: { browser: Browser; close: () => Promise<void> };
let person: Person;
let dashboard: Page;
let site: ForeignSite;
let keyServer: KeyServer;

beforeAll(async () => {
  product = await startProduct();
  [browser, site] = await Promise.all([openBrowser(), startForeignSite()]);
  person = await Person.arrive(browser.browser);
  await product.waitFor(/Ctrl-C stops everything/);
  keyServer = new KeyServer(product);
});

afterAll(async () => {
  await person?.leave();
  await browser?.close();
  await site?.close();
  await product?.stop();
});

const call = (given: RawPageCall) => callPage(product, given);
const handover = () => ({ secretHash: encodeBase64url(randomBytes(32)) });

/** Makes a call and sees that it is refused by this code and counted. */
async function expectRefused(code: string, status: number, given: RawPageCall): Promise<RawPageAnswer> {
  const before = await keyServer.refusals(code);
  const answer = await call(given);
  expect(answer, JSON.stringify(given)).toMatchObject({
    status,
    body: { code, detail: expect.any(String), next: expect.any(String) },
  });
  expect((await keyServer.refusals(code)) - before).toBe(1);
  return answer;
}

/** Proposes a key at the command line. */
async function proposeKey(label: string): Promise<{ hash: string; approveUrl: string }> {
  const item = { label, algorithm: "AES-256", usage: ["encrypt", "decrypt"], group: "default", extractable: false };
  const { hash, outcome, approveUrl } = await keyServer.propose({ act: "key.create", args: { items: [item] } });
  expect(outcome).toBe("pending");
  return { hash, approveUrl: approveUrl ?? "" };
}

/** The bytes of a command that waits, as the page shows them. */
async function docOf(hash: string): Promise<string> {
  const { body } = await call({ path: `/page/commands?hashes=${hash}` });
  return (body.commands as { doc: string }[])[0]?.doc ?? "";
}

/** Lets the person approve at the page, and keeps the approval from ever arriving. */
async function intercept(hashes: readonly string[], button = /^Approve/): Promise<PasskeyApproval> {
  const page = await person.open(`${product.pageOrigin}/approve#${hashes.join(".")}`);
  const sent = Promise.withResolvers<PasskeyApproval>();
  await page.route("**/page/approve", async (route) => {
    sent.resolve((route.request().postDataJSON() as { approval: PasskeyApproval }).approval);
    await route.abort();
  });
  await page.getByRole("button", { name: button }).click();
  const approval = await sent.promise;
  await person.close(page);
  return approval;
}

const sendApproval = (approval: PasskeyApproval): RawPageCall => ({
  path: "/page/approve",
  body: { approval, handover: handover() },
});

describe("a key server without an administrator", () => {
  it("tells a visitor without its one-time address nothing and takes nothing from them", async () => {
    const page = await person.open(product.pageOrigin);
    await page.getByText("This key server has no administrator yet").waitFor();
    expect(await page.getByRole("textbox").count()).toBe(0);
    await person.close(page);
    await expectRefused("E_CLAIM", 403, { path: "/page/token", body: { token: "hfe1.e30" } });
    await expectRefused("E_CLAIM", 403, { path: "/page/registration" });
    const made = { clientDataJSON: "AA", attestationObject: "AA" };
    const possession = { credId: "AA", clientDataJSON: "AA", authData: "AA", sig: "AA" };
    const body = { label: "Mallory", attestation: made, possession, recovery: { cose: "AA", sig: "AA" } };
    await expectRefused("E_CLAIM", 403, { path: "/page/register", body });
  });

  it("lets its address be guessed five times, and then not even the right one opens it", async () => {
    const [, , claim = ""] = await product.waitFor(CLAIM);
    for (let tries = 0; tries < 5; tries += 1) {
      await expectRefused("E_CLAIM", 403, { path: "/page/claim", body: { claim: encodeBase64url(randomBytes(16)) } });
    }
    await expectRefused("E_CLAIM", 403, { path: "/page/claim", body: { claim } });
  });

  it("has its console say so and print another address at once, so that guessing keeps nobody out", async () => {
    await product.waitFor(/no longer valid\. A new one:[\s\S]*#[A-Za-z0-9_-]{22}/, 5_000);
    expect(await keyServer.status()).toMatchObject({ claim: "open" });
  });

  it("prints a command that makes a new address as it is printed, which opens once and for one page only", async () => {
    const page = await person.open(product.pageOrigin);
    const printed = (await page.locator("pre").textContent()) ?? "";
    await person.close(page);
    const made = spawnSync("bash", ["-c", printed], { cwd: REPOSITORY, encoding: "utf8" });
    const { claimUrl } = JSON.parse(made.stdout) as { claimUrl: string };
    const claim = claimUrl.split("#")[1] ?? "";
    const opened = await call({ path: "/page/claim", body: { claim } });
    expect(opened).toMatchObject({ status: 200, body: { rpId: RP_ID, origin: product.pageOrigin } });
    await expectRefused("E_CLAIM", 403, { path: "/page/claim", body: { claim } });
    const guessed = { "holdfast-registration": encodeBase64url(randomBytes(32)) };
    await expectRefused("E_CLAIM", 403, { path: "/page/token", headers: guessed, body: { token: "hfe1.e30" } });
    expect((await keyServer.status()).claim).toBe("used");
  });

  it("checks the name at once, says what an empty token means, and lets the person go back to it", async () => {
    const { claimUrl } = await keyServer.admin.post<{ claimUrl: string }>("/v1/claim", {});
    const visitor = await Person.arrive(browser.browser);
    const page = await visitor.open(claimUrl);
    const next = page.getByRole("button", { name: "Continue" });
    await next.click();
    await page.getByText(/^Please type your name/).waitFor();
    await page.getByLabel(/Your name/).fill("Ada\u200b Lovelace");
    await next.click();
    await page.getByText(/character that cannot be seen/).waitFor();
    await page.getByLabel(/Your name/).fill("Ada Lovelace");
    await next.click();
    await page.getByText("No token was given, so no dashboard will show this key server.").waitFor();
    await page.getByRole("button", { name: "Back" }).click();
    expect(await page.getByLabel(/Your name/).inputValue()).toBe("Ada Lovelace");
    await next.click();
    await page.getByRole("button", { name: "Create approval passkey" }).click();
    await page.getByRole("button", { name: "Use the passkey" }).click();
    const words = page.locator("ol.words");
    const shown = await words.textContent();
    await page.getByRole("button", { name: "Back" }).click();
    await next.click();
    expect(await words.textContent()).toBe(shown); // nothing is made twice
    expect(await visitor.passkeys()).toHaveLength(1);
    await visitor.leave();
  });

  it("serves its page to one host name: a rebound name gets 421 from it, in a browser as well", async () => {
    const relay = await startRelay(Number(new URL(product.pageOrigin).port));
    const before = await keyServer.refusals("E_PAGE_CALL");
    const page = await person.context.newPage();
    expect((await page.goto(`http://rebound.localhost:${relay.port}/claim`))?.status()).toBe(421);
    await page.close();
    await relay.close(); // a browser asks for an icon too: nothing of it comes after this
    expect(relay.asked).toContain("GET /claim");
    expect((await keyServer.refusals("E_PAGE_CALL")) - before).toBe(relay.asked.length);
    const body = { claim: encodeBase64url(randomBytes(16)) };
    await expectRefused("E_PAGE_CALL", 421, { path: "/page/claim", headers: { host: "evil.example" }, body });
    await expectRefused("E_PAGE_CALL", 421, { path: "/page/hello", headers: { host: "127.0.0.1" } });
    await expectRefused("E_PAGE_CALL", 421, { path: "/", headers: { host: null } });
  });

  it.each([
    ["without our header", { "holdfast-page": null }, 403],
    ["from another origin", { origin: "https://evil.example" }, 403],
    ["without an origin", { origin: null }, 403],
    ["from a sandbox", { origin: "null" }, 403],
    ["from another site", { "sec-fetch-site": "cross-site" }, 403],
    ["from another port of this host", { "sec-fetch-site": "same-site" }, 403],
    ["from a browser that does not say from where", { "sec-fetch-site": null }, 403],
    ["as a form", { "content-type": "application/x-www-form-urlencoded" }, 415],
    ["as text", { "content-type": "text/plain" }, 415],
  ] as const)("refuses a call %s, before it looks at it", async (_, headers, status) => {
    const body = { claim: encodeBase64url(randomBytes(16)) };
    await expectRefused("E_PAGE_CALL", status, { path: "/page/claim", headers, body });
  });

  it("row 153: takes no form and no request of another site's page in a browser", async () => {
    const action = `${product.pageOrigin}/page/claim`;
    site.serve(
      "/form",
      `<form method="post" action="${action}"><input name="claim" value="a"><button>Go</button></form>`,
    );
    const page = await person.open(site.at("evil.localhost", "/form"));
    const headers = { "holdfast-page": "1", "content-type": "application/json" };
    const fetched = await page.evaluate(
      ([url, init]) => fetch(url, init as RequestInit).then(String, ({ name }: Error) => name),
      [action, { method: "POST", headers, body: "{}" }] as const,
    );
    expect(fetched).toBe("TypeError");
    const answered = page.waitForResponse((response) => response.url() === action);
    await page.getByRole("button", { name: "Go" }).click();
    expect((await answered).status()).toBe(403);
    await person.close(page);
    expect(await keyServer.status()).toMatchObject({ tid: null });
  });

  it("is founded after all of this by the one person whom its console let in, and by nobody after", async () => {
    dashboard = await signUp(person, product);
    await dashboard.getByRole("button", { name: "Make a token" }).click();
    const token = (await dashboard.getByTestId("enrolment-token").textContent())?.trim() ?? "";
    const { claimUrl } = await keyServer.admin.post<{ claimUrl: string }>("/v1/claim", {});
    const { words } = await registerAdministrator(person, product, { claimUrl, token });
    await compareWords(dashboard, words);
    const claim = claimUrl.split("#")[1] ?? "";
    await expectRefused("E_GENESIS", 409, { path: "/page/claim", body: { claim } });
    await expectRefused("E_GENESIS", 409, { path: "/page/token", body: { token } });
  });
});

describe("a passkey used anywhere but at the key server's page", () => {
  it("row 24: approves nothing when it is the one that signs in to the dashboard", async () => {
    const { hash } = await proposeKey("by login");
    const challenge = approveChallenge(1, [hash]);
    const made = await assertionIn(dashboard, "localhost", challenge);
    if ("refused" in made) throw new TypeError(made.refused);
    const before = await keyServer.standing();
    const approval: PasskeyApproval = { decision: 1, list: [hash], ...made };
    await expectRefused("E_CRED_UNKNOWN", 409, sendApproval(approval));
    const renamed = { ...approval, credId: await approvalCredential() };
    await expectRefused("E_ASSERT_CLIENTDATA", 409, sendApproval(renamed));
    expect(await keyServer.standing()).toEqual(before);
  });

  it("row 25: is not given to the dashboard by the browser, whatever the dashboard asks for", async () => {
    const made = await assertionIn(dashboard, RP_ID, randomBytes(32));
    expect(made).toEqual({ refused: "SecurityError" });
  });

  it("row 29: approves nothing on another port of the same host, although the browser allows it there", async () => {
    const { hash } = await proposeKey("by port");
    const page = await person.open(site.at(RP_ID));
    const made = await assertionIn(page, RP_ID, approveChallenge(1, [hash]));
    await person.close(page);
    if ("refused" in made) throw new TypeError(made.refused);
    expect(made.credId).toBe(await approvalCredential());
    const before = await keyServer.standing();
    await expectRefused("E_ASSERT_CLIENTDATA", 409, sendApproval({ decision: 1, list: [hash], ...made }));
    expect(await keyServer.standing()).toEqual(before);
  });

  it("approves nothing when it signed a challenge of the dashboard's choice at the key server's page", async () => {
    const { hash } = await proposeKey("by challenge");
    const page = await person.open(product.pageOrigin);
    const made = await assertionIn(page, RP_ID, randomBytes(32));
    await person.close(page);
    if ("refused" in made) throw new TypeError(made.refused);
    await expectRefused("E_ASSERT_CLIENTDATA", 409, sendApproval({ decision: 1, list: [hash], ...made }));
  });
});

describe("a site that frames the key server's page", () => {
  it("row 27: gets an empty frame from the browser", async () => {
    const { hash } = await proposeKey("by frame");
    const url = `${product.pageOrigin}/approve#${hash}`;
    site.serve("/frame", `<iframe src="${url}" allow="publickey-credentials-get *"></iframe>`);
    const page = await person.context.newPage();
    const refused = page.waitForEvent("console", (message) => /frame-ancestors|X-Frame-Options/.test(message.text()));
    await page.goto(site.at(RP_ID, "/frame"));
    await refused;
    await expect.poll(() => page.frames()[1]?.url()).toMatch(/^chrome-error:/);
    await page.close();
  });

  it("gets no passkey for a frame of another origin, and approves nothing where the browser is told to give it", async () => {
    const { hash } = await proposeKey("by foreign frame");
    const challenge = approveChallenge(1, [hash]);
    site.serve("/plain", `<iframe src="${site.at(RP_ID)}"></iframe>`);
    site.serve("/allowed", `<iframe src="${site.at(RP_ID)}" allow="publickey-credentials-get *"></iframe>`);
    const page = await person.open(site.at("evil.localhost", "/plain"));
    expect(await assertionIn(await innerFrame(page), RP_ID, challenge)).toEqual({ refused: "NotAllowedError" });
    await page.goto(site.at("evil.localhost", "/allowed"));
    const made = await assertionIn(await innerFrame(page), RP_ID, challenge);
    await person.close(page);
    if ("refused" in made) throw new TypeError(made.refused);
    expect(JSON.parse(Buffer.from(made.clientDataJSON, "base64url").toString())).toMatchObject({ crossOrigin: true });
    await expectRefused("E_ASSERT_CLIENTDATA", 409, sendApproval({ decision: 1, list: [hash], ...made }));
  });
});

describe("a request that the page shows again", () => {
  it("is stopped while it waits for its delay: the page says when it runs and offers nothing else", async () => {
    const { hash } = await proposeKey("to be destroyed");
    await person.close(await approve(person, `${product.pageOrigin}/approve#${hash}`));
    const retire = await keyServer.propose({ act: "key.deactivate", key: "to be destroyed", args: {} });
    await person.close(await approve(person, retire.approveUrl ?? ""));
    const destroy = await keyServer.propose({ act: "key.destroy", key: "to be destroyed", args: {} });
    await person.close(await approve(person, destroy.approveUrl ?? ""));
    const page = await person.open(destroy.approveUrl ?? "");
    await page.getByText(/^Approved\. It runs tomorrow \d\d:\d\d [\w+-]+, in 24 hours\.$/).waitFor();
    await page.getByText(/Any administrator can stop it here/).waitFor();
    expect(await page.getByRole("button", { name: /^Approve/ }).count()).toBe(0);
    await page.getByRole("button", { name: "Stop it" }).click();
    await page.getByRole("heading", { level: 1, name: "Stopped: it will not run" }).waitFor();
    await page.reload();
    await page.getByText("This was stopped before it ran.").waitFor();
    expect(await page.getByRole("button").count()).toBe(0);
    await person.close(page);
    expect(await keyServer.keys()).toContainEqual(
      expect.objectContaining({ label: "to be destroyed", state: "deactivated", destroyDue: null }),
    );
  });

  it("has the new client's files again in the same tab until all are saved, and in no other", async () => {
    const auth = { kind: "issued", validitySec: 86_400 };
    const grants = [{ ops: ["encrypt"], keys: { kind: "group", id: "default" } }];
    const { approveUrl } = await keyServer.propose({ act: "client.enrol", args: { label: "app", auth, grants } });
    const page = await approve(person, approveUrl ?? "");
    page.on("dialog", (dialog) => void dialog.accept());
    await page.getByRole("link", { name: "Save client.key" }).waitFor();
    await page.reload();
    await page.getByText(/for this tab until/).waitFor();
    const other = await person.open(approveUrl ?? "");
    await other.getByText("This is done.").waitFor();
    expect(await other.getByRole("link").count()).toBe(0);
    await person.close(other);
    for (const name of ["client.crt", "client.key", "ca.crt"]) {
      const saved = page.waitForEvent("download");
      await page.getByRole("link", { name: `Save ${name}` }).click();
      expect((await saved).suggestedFilename()).toBe(name);
    }
    await page.getByText(/^All are saved\./).waitFor();
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
    await page.reload();
    await page.getByText("This is done.").waitFor();
    expect(await page.getByRole("link").count()).toBe(0);
    await person.close(page);
  });

  it("is unknown where the address names none, and at another name for this machine the page says where it is", async () => {
    const page = await person.open(`${product.pageOrigin}/approve#nonsense`);
    await page.getByRole("heading", { level: 1, name: "An unknown request" }).waitFor();
    const { port } = new URL(product.pageOrigin);
    await page.goto(`http://127.0.0.1:${port}/approve`);
    await page.getByRole("link", { name: product.pageOrigin }).waitFor();
    await person.close(page);
  });
});

describe("an approval that somebody took on its way", () => {
  let hashes: [string, string];
  let taken: PasskeyApproval;
  let applied: RawPageAnswer;

  it("is worth nothing with another list: reordered, shortened, extended or moved", async () => {
    hashes = [(await proposeKey("first")).hash, (await proposeKey("second")).hash];
    const other = (await proposeKey("other")).hash;
    taken = await intercept(hashes);
    expect(taken.list).toEqual(hashes);
    const before = await keyServer.standing();
    for (const list of [hashes.toReversed(), [hashes[0]], [...hashes, other], [other]]) {
      await expectRefused("E_ASSERT_CLIENTDATA", 409, sendApproval({ ...taken, list }));
    }
    expect(await keyServer.standing()).toEqual(before);
  });

  it("is not what it was not: an approval is no rejection, a rejection no approval", async () => {
    await expectRefused("E_ASSERT_CLIENTDATA", 409, sendApproval({ ...taken, decision: 2 }));
    const rejection = await intercept(hashes, /^Reject/);
    expect(rejection.decision).toBe(2);
    await expectRefused("E_ASSERT_CLIENTDATA", 409, sendApproval({ ...rejection, decision: 1 }));
    expect(await call({ path: `/page/commands?hashes=${hashes[0]}` })).toMatchObject({
      body: { commands: [{ status: "pending" }] },
    });
  });

  it("cannot be carried over to a command with one word changed, nor to another command", async () => {
    const bytes = encodeEnvelope({ typ: "env", ver: 1, doc: await docOf(hashes[0]), approvals: [taken] });
    const before = await keyServer.standing();
    const relabelled = changeCommand(bytes, (command) => ({ ...command, reason: "a better one" }) as Command);
    expect(await keyServer.deliver(relabelled)).toMatchObject({ outcome: "refused", code: "E_SCHEMA" });
    const { hash } = await proposeKey("elsewhere");
    const elsewhere = encodeEnvelope({ typ: "env", ver: 1, doc: await docOf(hash), approvals: [] });
    expect(await keyServer.deliver(moveApprovals(bytes, elsewhere))).toMatchObject({
      outcome: "refused",
      code: "E_SCHEMA",
    });
    expect(await keyServer.deliver(stripApprovals(bytes))).toMatchObject({ outcome: "pending", have: 0 });
    expect(await keyServer.standing()).toEqual(before);
  });

  it("does what it says, once, when it arrives after all", async () => {
    const before = await keyServer.standing();
    applied = await call(sendApproval(taken));
    expect(applied.body.results).toMatchObject([
      { hash: hashes[0], outcome: "applied", leaf: before.size },
      { hash: hashes[1], outcome: "applied", leaf: before.size + 1 },
    ]);
    expect((await keyServer.standing()).keys).toBe(before.keys + 2);
  });

  it("gets the same receipts again when it is replayed, twice in an envelope as well, and nothing is done twice", async () => {
    const before = await keyServer.standing();
    for (let times = 0; times < 2; times += 1) {
      expect((await call(sendApproval(taken))).body.results).toEqual(applied.body.results);
    }
    const bytes = encodeEnvelope({ typ: "env", ver: 1, doc: await docOf(hashes[0]), approvals: [taken] });
    for (const each of [bytes, duplicateApprovals(bytes), stripApprovals(bytes)]) {
      expect(await keyServer.deliver(each)).toMatchObject({ hash: hashes[0], outcome: "applied" });
    }
    expect(await keyServer.standing()).toEqual(before);
  });

  it("ends on record where it no longer fits what it was given for, and the next honest one is obeyed", async () => {
    const keyId = (await keyServer.keys()).find(({ label }) => label === "first")?.keyId ?? "";
    const rotate = { act: "key.rotate", key: keyId, args: {} } as const;
    const [one, two] = [await keyServer.propose(rotate), await keyServer.propose({ ...rotate, reason: "again" })];
    const late = await intercept([two.hash]);
    await person.close(await approve(person, one.approveUrl ?? ""));
    const { size } = await keyServer.standing();
    expect((await call(sendApproval(late))).body.results).toMatchObject([
      { hash: two.hash, outcome: "refused", code: "E_PRESTATE" },
    ]);
    expect(await keyServer.entriesFrom(size)).toMatchObject([{ kind: "command.refused", code: "E_PRESTATE" }]);
    expect((await keyServer.keys()).find((key) => key.keyId === keyId)).toMatchObject({ version: 2, state: "active" });
    const again = await keyServer.propose({ ...rotate, reason: "honestly" });
    await person.close(await approve(person, again.approveUrl ?? ""));
    expect((await keyServer.keys()).find((key) => key.keyId === keyId)).toMatchObject({ version: 3 });
  });
});

/** The frame of another origin within a page, once it is there. */
async function innerFrame(page: Page) {
  await expect.poll(() => page.frames()[1]?.url()).toContain(RP_ID);
  const frame = page.frames()[1];
  if (!frame) throw new TypeError("No frame.");
  await frame.getByRole("heading", { name: "Foreign" }).waitFor();
  return frame;
}

/** The id of the approval passkey, base64url. */
async function approvalCredential(): Promise<string> {
  const found = (await person.passkeys()).find(({ rpId }) => rpId === RP_ID);
  return Buffer.from(found?.credentialId ?? "", "base64").toString("base64url");
}
