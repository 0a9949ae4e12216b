import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  decodeBase64url,
  deriveAdministratorId,
  introductionHash,
  parseIntroduction,
  registerChallenge,
} from "@holdfast/protocol";
import { type AssertionKnobs, SoftwarePasskey } from "@holdfast/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { invite as inviteThere } from "../admin/introduction-routes.ts";
import { PasskeyAgent } from "../admission/testing/passkey-agent.ts";
import type { Listener } from "../endpoints/served-agent.ts";
import { startPage } from "./page-server.ts";
import { freePort, PageCaller } from "./testing/page-caller.ts";

const ORIGIN = "https://keys.example.com";
const approve = new URL("../../../approve/", import.meta.url);

let test: PasskeyAgent;
let listener: Listener;
let page: PageCaller;
beforeAll(async () => {
  if (!existsSync(new URL("dist/page.html", approve)))
    spawnSync(process.execPath, [fileURLToPath(new URL("build.mjs", approve))]);
  test = await PasskeyAgent.found({ pageOrigin: ORIGIN });
  const port = await freePort();
  listener = await startPage({ agent: test.agent, listen: `127.0.0.1:${port}`, origin: ORIGIN });
  page = new PageCaller(ORIGIN, port);
}, 60_000);
afterAll(async () => {
  await listener.close();
  await test.close();
});

const NEW = deriveAdministratorId(new Uint8Array(16).fill(7));
const invite = (adm = NEW) =>
  test.domain.invitations.mint({ kind: "administrator", label: "Grace Hopper", adm }, 600).word;
const look = async (invitation: string) => (await page.call("/page/invitation", { body: { invitation } })).json;
const taken = () => test.domain.introductions.all().length;

interface Lies {
  readonly create?: AssertionKnobs;
  readonly get?: AssertionKnobs;
  readonly names?: { readonly aid?: string; readonly inviteId?: string; readonly adm?: string };
  readonly used?: SoftwarePasskey;
}

/** What the page's script would send of a passkey made under the invitation as it was shown. */
function offered(passkey: SoftwarePasskey, asked: { aid: string; inviteId: string; adm: string }, lies: Lies = {}) {
  const { aid, inviteId, adm } = { ...asked, ...lies.names };
  const challenge = registerChallenge({ aid, inviteId, adm });
  const used = lies.used ?? passkey;
  return {
    attestation: passkey.create(challenge, lies.create),
    possession: { credId: used.credId, ...used.get(challenge, lies.get) },
  };
}

const give = (invitation: string, passkeys: readonly object[]) =>
  page.call("/page/administrator", { body: { invitation, passkeys } });

describe("an administrator's passkeys at the agent's page", () => {
  it("are made under the invitation for the page's own origin, used once, and taken with the proof of it", async () => {
    const word = invite();
    const shown = await look(word);
    expect(shown).toMatchObject({
      kind: "administrator",
      label: "Grace Hopper",
      passkey: { origin: ORIGIN, have: [] },
    });
    expect(JSON.stringify(shown)).not.toContain(word.split(".")[1]);
    const [one, two] = [new SoftwarePasskey(), new SoftwarePasskey()];
    const { status, json } = await give(
      word,
      [one, two].map((each) => offered(each, shown.passkey)),
    );
    expect(status).toBe(200);
    const bytes = decodeBase64url(json.doc);
    expect(test.domain.introductions.find(introductionHash(bytes))).toMatchObject({ by: "page" });
    const { label, object } = parseIntroduction(bytes);
    expect(label).toBe("Grace Hopper");
    expect(object).toMatchObject({ kind: "administrator", adm: NEW, creds: [one.credential(), two.credential()] });
    expect(object.kind === "administrator" && object.possession.map(({ credId }) => credId)).toEqual([
      one.credId,
      two.credId,
    ]);
    expect(await give(word, [offered(new SoftwarePasskey(), shown.passkey)])).toMatchObject({
      json: { code: "E_INVITE" },
    });
  });

  it("of who is one already are made under their own id, on a device that has none of theirs", async () => {
    const [ada] = test.administrators;
    const shown = await look(invite(ada?.adm));
    expect(shown.passkey).toMatchObject({ adm: ada?.adm, have: [ada?.passkey.credId] });
  });

  it.each<[string, Lies, string]>([
    ["made under another invitation", { names: { inviteId: "a".repeat(26) } }, "E_ASSERT_CLIENTDATA"],
    ["made for another administrator", { names: { adm: "a".repeat(26) } }, "E_ASSERT_CLIENTDATA"],
    ["made for another key server", { names: { aid: `a_${"a".repeat(26)}` } }, "E_ASSERT_CLIENTDATA"],
    ["made at another page", { create: { origin: "https://evil.example" } }, "E_ASSERT_CLIENTDATA"],
    ["made for another RP ID", { create: { rpId: "evil.example" } }, "E_ASSERT_RPID"],
    ["used without its person", { get: { flags: { uv: false } } }, "E_ASSERT_UV"],
    ["proved by another passkey", { used: new SoftwarePasskey() }, "E_OFFER"],
  ])("%s are refused, and the invitation stays good", async (_, lies, code) => {
    const word = invite();
    const { passkey } = await look(word);
    const before = taken();
    const answer = await give(word, [offered(new SoftwarePasskey(), passkey, lies)]);
    expect({ code: answer.json.code, taken: taken() }).toEqual({ code, taken: before });
    expect((await give(word, [offered(new SoftwarePasskey(), passkey)])).status).toBe(200);
  });

  it("are refused twice the same, none at all, and by an invitation for something else", async () => {
    const word = invite();
    const { passkey } = await look(word);
    const one = offered(new SoftwarePasskey(), passkey);
    expect((await give(word, [one, one])).json.code).toBe("E_OFFER");
    expect((await give(word, [])).json.code).toBe("E_SCHEMA");
    const other = test.domain.invitations.mint({ kind: "client-key", label: "Shop" }, 600).word;
    expect((await give(other, [one])).json.code).toBe("E_OFFER");
    const text = { invitation: word, kind: "administrator", offer: "anything" };
    expect((await page.call("/page/introduction", { body: text })).json.code).toBe("E_OFFER");
  });
});

describe("a passkey of the page that the operator serves", () => {
  const hosted = "https://approve.example";
  const ask = () => {
    const [ada] = test.domain.rosters.current().roster.admins;
    const body = { kind: "administrator", adm: ada?.adm ?? "", hosted };
    return inviteThere(test.domain, body, [ORIGIN]).url.split("#")[1] ?? "";
  };

  it("is asked for at the origin that this host named, and is taken as one of channel hosted", async () => {
    const word = ask();
    const { passkey } = await look(word);
    expect(passkey).toMatchObject({ origin: hosted, rpId: "approve.example", hosted: true, have: [] });
    const { status, json } = await give(word, [
      offered(new SoftwarePasskey({ channel: "hosted", rpId: "approve.example" }), passkey),
    ]);
    expect(status).toBe(200);
    const { object } = parseIntroduction(decodeBase64url(json.doc));
    expect(object).toMatchObject({ creds: [{ channel: "hosted", origin: hosted, rpId: "approve.example" }] });
  });

  it("is refused when it was made at another page, this one included", async () => {
    const word = ask();
    const { passkey } = await look(word);
    const before = taken();
    for (const rpId of ["keys.example.com", "evil.example"]) {
      const made = new SoftwarePasskey({ channel: "hosted", rpId });
      expect(await give(word, [offered(made, passkey)])).toMatchObject({ json: { code: "E_ASSERT_CLIENTDATA" } });
    }
    expect(taken()).toBe(before);
  });

  it.each([
    ORIGIN,
    "https://keys.example.com:8443",
    "https://a.keys.example.com",
    "https://example.com",
    "http://approve.example",
    "https://approve.example/page",
    "https://approve.example?x",
    "https://user@approve.example",
    "approve.example",
  ])("is never one of %s: an own page's name, or no origin of its own", (other) => {
    const [ada] = test.domain.rosters.current().roster.admins;
    const body = { kind: "administrator", adm: ada?.adm ?? "", hosted: other };
    expect(() => inviteThere(test.domain, body, [ORIGIN])).toThrow(expect.objectContaining({ code: "E_SCHEMA" }));
  });

  it("is nobody's only one: a new administrator gets none", () => {
    const body = { kind: "administrator", label: "Grace", hosted };
    expect(() => inviteThere(test.domain, body, [ORIGIN])).toThrow(expect.objectContaining({ code: "E_SCHEMA" }));
  });
});
