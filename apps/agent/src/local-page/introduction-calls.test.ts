import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { decodeBase64url, introductionHash, parseIntroduction } from "@holdfast/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PasskeyAgent } from "../admission/testing/passkey-agent.ts";
import { newClientRequest } from "../clients/testing/new-client-request.ts";
import type { Listener } from "../endpoints/served-agent.ts";
import type { InvitationTerms } from "../introductions/invitations.ts";
import { startPage } from "./page-server.ts";
import { freePort, PageCaller } from "./testing/page-caller.ts";

const ORIGIN = "http://agent.localhost:7400";
const approve = new URL("../../../approve/", import.meta.url);

let test: PasskeyAgent;
let listener: Listener;
let page: PageCaller;
let csr: string;
beforeAll(async () => {
  if (!existsSync(new URL("dist/page.html", approve)))
    spawnSync(process.execPath, [fileURLToPath(new URL("build.mjs", approve))]);
  test = await PasskeyAgent.found();
  const port = await freePort();
  listener = await startPage({ agent: test.agent, listen: `127.0.0.1:${port}`, origin: ORIGIN });
  page = new PageCaller(ORIGIN, port);
  ({ csr } = await newClientRequest());
}, 60_000);
afterAll(async () => {
  await listener.close();
  await test.close();
});

const invite = (terms: Partial<InvitationTerms> = {}) =>
  test.domain.invitations.mint({ kind: "client-key", label: "Shop", ...terms }, 600).word;
const look = (invitation: string) => page.call("/page/invitation", { body: { invitation } });
const give = (invitation: string, offer = csr, kind = "client-key") =>
  page.call("/page/introduction", { body: { invitation, kind, offer } });
const taken = () => test.domain.introductions.all().length;

describe("a newcomer at the agent's page", () => {
  it("gives one object by one invitation, and gets the bytes that the words are made of", async () => {
    const word = invite();
    expect((await look(word)).json).toEqual({ kind: "client-key", label: "Shop" });
    const { status, json } = await give(word);
    expect(status).toBe(200);
    const bytes = decodeBase64url(json.doc);
    expect(test.domain.introductions.find(introductionHash(bytes))).toMatchObject({ by: "page", doc: json.doc });
    expect(parseIntroduction(bytes)).toMatchObject({ label: "Shop", object: { kind: "client-key", proof: "csr" } });
  });

  it("is refused E_INVITE when the invitation was used, and is told no words of what came by it", async () => {
    const word = invite();
    const { json } = await give(word);
    const before = taken();
    const counted = test.counted("E_INVITE");
    for (const answer of [await give(word), await look(word)]) {
      expect(answer).toMatchObject({ status: 403, json: { code: "E_INVITE" } });
      expect(answer.text).not.toContain(json.doc);
      expect(answer.json.next).toContain("somebody else");
    }
    expect([taken(), test.counted("E_INVITE")]).toEqual([before, counted + 2]);
  });

  it("of two that come at once by one invitation, one is taken", async () => {
    const word = invite();
    const before = taken();
    const answers = await Promise.all([give(word), give(word), give(word)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403, 403]);
    expect(taken()).toBe(before + 1);
  });

  it("is refused E_OFFER when another kind is offered, and may then give what was asked for", async () => {
    const word = invite({ kind: "custodian" });
    for (const [offer, kind] of [
      [csr, "client-key"],
      [csr, "custodian"],
      [csr, "import"],
    ] as const)
      expect(await give(word, offer, kind)).toMatchObject({ status: 400, json: { code: "E_OFFER" } });
    expect((await look(word)).json.kind).toBe("custodian");
  });

  it.each(["", "A".repeat(22), `${"a".repeat(16)}.${"A".repeat(22)}`])("is refused with the word %j", async (word) => {
    expect(await give(word)).toMatchObject({ status: 403, json: { code: "E_INVITE" } });
  });

  it("may not name the newcomer: that is said by who invites", async () => {
    const body = { invitation: invite(), kind: "client-key", offer: csr, label: "Payments" };
    expect(await page.call("/page/introduction", { body })).toMatchObject({ status: 400, json: { code: "E_SCHEMA" } });
  });

  it("is not heard from another site", async () => {
    const word = invite();
    const body = { invitation: word, kind: "client-key", offer: csr };
    const answer = await page.call("/page/introduction", { body, headers: { origin: "http://evil.example" } });
    expect(answer).toMatchObject({ status: 403, json: { code: "E_PAGE_CALL" } });
    expect((await look(word)).status).toBe(200);
  });
});
