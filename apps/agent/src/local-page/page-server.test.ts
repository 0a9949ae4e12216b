import { spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { BuiltCommand } from "@holdfast/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newKey, PasskeyAgent } from "../admission/testing/passkey-agent.ts";
import type { Listener } from "../endpoints/served-agent.ts";
import { startPage } from "./page-server.ts";
import { freePort, PageCaller } from "./testing/page-caller.ts";

const ORIGIN = "http://agent.localhost:7400";
const approve = new URL("../../../approve/", import.meta.url);

let test: PasskeyAgent;
let listener: Listener;
let page: PageCaller;
beforeAll(async () => {
  if (!existsSync(new URL("dist/page.html", approve)))
    spawnSync(process.execPath, [fileURLToPath(new URL("build.mjs", approve))]);
  test = await PasskeyAgent.found();
  const port = await freePort();
  listener = await startPage({ agent: test.agent, listen: `127.0.0.1:${port}`, origin: ORIGIN });
  page = new PageCaller(ORIGIN, port);
}, 60_000);
afterAll(async () => {
  await listener.close();
  await test.close();
});

const hashOf = (secret: Uint8Array) => createHash("sha256").update(secret).digest("base64url");

const enrol = (label: string): BuiltCommand =>
  test.propose("client.enrol", {
    args: {
      label,
      auth: { kind: "issued", validitySec: 86_400 },
      grants: [{ ops: ["encrypt"], keys: { kind: "group", id: "default" } }],
    },
  });

/** Lets a command wait at the agent, as one from the mailbox does. */
async function wait(command: BuiltCommand): Promise<BuiltCommand> {
  await test.domain.admission.deliver(test.envelope(command, [], undefined), "mailbox");
  return command;
}

function approveCall(commands: readonly BuiltCommand[], secret: Uint8Array, decision: 1 | 2 = 1) {
  const approval = test.approve(commands, { decision });
  return page.call("/page/approve", { body: { approval, handover: { secretHash: hashOf(secret) } } });
}

describe("whoever knows no request", () => {
  it("is told of none, of no change and of nobody's passkeys; whoever knows one is told what the page shows", async () => {
    test.clock.advance(1);
    const { hash: link } = await test.domain.links.propose({ renew: true });
    const nobody = "A".repeat(43);
    const { now: _at, ...commands } = (await page.call(`/page/commands?hashes=${nobody}`)).json;
    expect(commands).toEqual({
      ...{ commands: [], unknown: [nobody], announced: [], challengeCreds: [], rpId: "agent.localhost" },
    });
    const { now: _, ...links } = (await page.call(`/page/links?hash=${nobody}`)).json;
    expect(links).toEqual({
      ...{ link: null, approvers: [], objectors: [], elsewhere: [], announced: [], rpId: "agent.localhost" },
    });
    const known = await wait(enrol("Known"));
    expect((await page.call(`/page/commands?hashes=${known.hash}`)).json).toMatchObject({
      commands: [{ hash: known.hash }],
    });
    const shown = (await page.call(`/page/links?hash=${link}`)).json;
    expect(shown).toMatchObject({ link: { hash: link } });
    await test.domain.links.cancel(link);
  });
});

describe("the page's server", () => {
  it.each(["/", "/claim", "/approve", "/introduce"])(
    "serves the one page at %s with a policy that runs its own script only",
    async (path) => {
      const { status, headers, text } = await page.call(path, { headers: { "holdfast-page": null } });
      expect(status).toBe(200);
      const script = /<script type="module">([\s\S]*)<\/script>/.exec(text)?.[1] ?? "";
      const hash = createHash("sha256").update(script).digest("base64");
      const policy = headers["content-security-policy"];
      expect(policy).toContain(`script-src 'sha256-${hash}';`);
      for (const rule of ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"])
        expect(policy).toContain(rule);
      expect(headers).toMatchObject({ "cache-control": "no-store", "x-content-type-options": "nosniff" });
    },
  );

  it.each([
    ["another host", "/", { headers: { host: "127.0.0.1" } }, 421, "E_PAGE_CALL"],
    ["a rebound name", "/page/hello", { headers: { host: "evil.example" } }, 421, "E_PAGE_CALL"],
    ["another origin", "/page/approve", { body: {}, headers: { origin: "http://evil.example" } }, 403, "E_PAGE_CALL"],
    ["a missing header", "/page/hello", { headers: { "holdfast-page": null } }, 403, "E_PAGE_CALL"],
    ["another site", "/page/hello", { headers: { "sec-fetch-site": "cross-site" } }, 403, "E_PAGE_CALL"],
    ["no fetch metadata", "/page/claim", { body: {}, headers: { "sec-fetch-site": null } }, 403, "E_PAGE_CALL"],
    ["a form", "/page/claim", { body: {}, headers: { "content-type": "text/plain" } }, 415, "E_PAGE_CALL"],
    ["an unknown call", "/page/nothing", {}, 404, "E_NOT_FOUND"],
    ["an unknown method", "/page/hello", { method: "PUT", body: {} }, 404, "E_NOT_FOUND"],
    ["an unknown member", "/page/claim", { body: { claim: "x", more: 1 } }, 400, "E_SCHEMA"],
    ["a member of another type", "/page/claim", { body: { claim: 7 } }, 400, "E_SCHEMA"],
    ["no JSON", "/page/claim", { body: "{" }, 400, "E_SCHEMA"],
    ["a list", "/page/claim", { body: "[]" }, 400, "E_SCHEMA"],
    ["too much", "/page/claim", { body: `{"claim":"${"a".repeat(300_000)}"}` }, 413, "E_LIMIT"],
    ["hashes that are none", "/page/commands?hashes=a.b", {}, 400, "E_SCHEMA"],
    ["the same hash twice", `/page/commands?hashes=${"A".repeat(43)}.${"A".repeat(43)}`, {}, 400, "E_SCHEMA"],
    ["no path at all", "//", {}, 400, "E_SCHEMA"],
    ["a claim after genesis", "/page/claim", { body: { claim: "A".repeat(22) } }, 409, "E_GENESIS"],
  ])("answers %s with a problem document and a next step", async (_, path, made, status, code) => {
    const answer = await page.call(path, made);
    expect([answer.status, answer.json.code]).toEqual([status, code]);
    expect(answer.headers["content-type"]).toBe("application/problem+json");
    expect(answer.json.next.length).toBeGreaterThan(5);
  });

  it.each([
    ["at another name for the same machine", "/approve", "127.0.0.1:7400", 421],
    ["at a name that was rebound", "/", "evil.example", 421],
    ["at an unknown path", "/aprove", undefined, 404],
    ["at a path of markup", "/<script>alert(1)</script>", undefined, 404],
    ["at a call of the page", "/page/hello", undefined, 403],
  ])(
    "tells somebody who opens it %s where the page is, in words and without a script",
    async (_, path, host, status) => {
      for (const [name, value] of [
        ["sec-fetch-mode", "navigate"],
        ["accept", "text/html,*/*"],
      ] as const) {
        const headers = { "holdfast-page": null, "sec-fetch-site": "none", ...(host ? { host } : {}), [name]: value };
        const answer = await page.call(path, { headers });
        expect(answer.status).toBe(status);
        expect(answer.headers).toMatchObject({
          "content-type": "text/html; charset=utf-8",
          "cache-control": "no-store",
        });
        expect(answer.headers["content-security-policy"]).toContain("default-src 'none'");
        expect(answer.text).toContain("<h1>");
        expect(answer.text).not.toMatch(/<script|evil|aprove/);
        if (status !== 403) expect(answer.text).toContain(`href="${ORIGIN}"`);
      }
    },
  );

  it("answers a program by a problem document, also where it would take HTML", async () => {
    const headers = { host: "127.0.0.1:7400", accept: "text/html", "sec-fetch-mode": "cors" };
    expect((await page.call("/page/hello", { headers })).headers["content-type"]).toBe("application/problem+json");
  });

  it("tells a stranger who loads it a name, public words and the time only", async () => {
    const { json } = await page.call("/page/hello");
    expect(Object.keys(json).sort()).toEqual(["aid", "name", "now", "oneAdministrator", "sealed", "tid", "words"]);
  });
});

describe("an approval at the page", () => {
  it("carries out exactly the commands that were shown, in their order, and shows them as done afterwards", async () => {
    const keys = ["first", "second"].map((label) => test.propose("key.create", { args: { items: [newKey(label)] } }));
    for (const key of keys) await wait(key);
    const path = `/page/commands?hashes=${keys.map(({ hash }) => hash).join(".")}`;
    const before = await page.call(path);
    expect(before.json.commands).toMatchObject(keys.map(({ hash, doc }) => ({ hash, doc, status: "pending" })));
    const { json } = await approveCall(keys, randomBytes(32));
    expect(json.results).toMatchObject(keys.map(({ hash }) => ({ hash, outcome: "applied" })));
    expect((await page.call(path)).json.commands).toMatchObject([{ status: "applied" }, { status: "applied" }]);
  });

  it("is refused whole when the list that was posted is not the one that was signed", async () => {
    const shown = await wait(test.propose("key.create", { args: { items: [newKey("shown")] } }));
    const slipped = await wait(test.propose("key.create", { args: { items: [newKey("slipped in")] } }));
    const approval = { ...test.approve([shown]), list: [shown.hash, slipped.hash] };
    const body = { approval, handover: { secretHash: hashOf(randomBytes(32)) } };
    const size = test.domain.log.size;
    expect((await page.call("/page/approve", { body })).status).toBeGreaterThanOrEqual(400);
    const after = await page.call(`/page/commands?hashes=${shown.hash}.${slipped.hash}`);
    expect(after.json.commands).toMatchObject([{ status: "pending" }, { status: "pending" }]);
    expect(test.domain.log.size).toBe(size);
  });

  it("that rejects ends the command", async () => {
    const command = await wait(test.propose("key.create", { args: { items: [newKey("unwanted")] } }));
    const { json } = await approveCall([command], randomBytes(32), 2);
    expect(json.results).toMatchObject([{ hash: command.hash, outcome: "cancelled" }]);
  });

  it("that waits for its delay is shown with the time at which it runs, and a rejection stops it", async () => {
    const key = await test.key();
    await test.apply("key.deactivate", { key: key.id });
    const command = await wait(test.propose("key.destroy", { key: key.id }));
    const path = `/page/commands?hashes=${command.hash}`;
    expect((await page.call(path)).json.commands).toMatchObject([{ status: "pending", due: null }]);
    const { json } = await approveCall([command], randomBytes(32));
    const due = test.clock.now() + 86_400;
    expect(json.results).toMatchObject([{ outcome: "scheduled", due }]);
    const [shown] = (await page.call(path)).json.commands;
    expect(shown).toMatchObject({ status: "scheduled", due, policy: { m: 1, have: 1 } });
    expect(shown.approvals).toHaveLength(1);
    const stopped = await approveCall([command], randomBytes(32), 2);
    expect(stopped.json.results).toMatchObject([{ outcome: "cancelled" }]);
    expect((await page.call(path)).json.commands).toMatchObject([{ status: "cancelled", policy: { m: 1, have: 1 } }]);
  });

  it("says of a command it has never seen that it is unknown", async () => {
    const hash = hashOf(randomBytes(32));
    const { json } = await page.call(`/page/commands?hashes=${hash}`);
    expect(json).toMatchObject({ commands: [], unknown: [hash] });
  });
});

describe("a new client's files", () => {
  it("row 165: come with the approval, again to the page that holds its secret, and to nobody else", async () => {
    const command = await wait(enrol("app"));
    const secret = randomBytes(32);
    const { json } = await approveCall([command], secret);
    const [{ files }] = json.results;
    expect(files.map(({ name }: { name: string }) => name).sort()).toEqual(["ca.crt", "client.crt", "client.key"]);
    const again = await page.call("/page/handover", { body: { secret: secret.toString("base64url") } });
    expect(again.json.results).toEqual([{ hash: command.hash, files }]);
    for (const other of [randomBytes(32).toString("base64url"), hashOf(secret), "", "A".repeat(64)]) {
      const refused = await page.call("/page/handover", { body: { secret: other } });
      expect([refused.status, refused.json.code]).toEqual([409, "E_HANDOVER"]);
    }
  });

  it("are not in the answer to the same approval sent again", async () => {
    const command = await wait(enrol("replayed"));
    await approveCall([command], randomBytes(32));
    const { json, text } = await approveCall([command], randomBytes(32));
    expect(json.results).toMatchObject([{ hash: command.hash, outcome: "applied" }]);
    expect(text).not.toContain("client.key");
  });

  it("row 165: are gone ten minutes later", async () => {
    const secret = randomBytes(32);
    await approveCall([await wait(enrol("late"))], secret);
    test.clock.advance(601);
    const { json } = await page.call("/page/handover", { body: { secret: secret.toString("base64url") } });
    expect(json.code).toBe("E_HANDOVER");
  });

  it("are gone once the key server was sealed, and a sealed one shows and decides nothing", async () => {
    const secret = randomBytes(32);
    const command = await wait(enrol("sealed"));
    await approveCall([command], secret);
    const waiting = await wait(test.propose("key.create", { args: { items: [newKey("waits")] } }));
    test.agent.seal();
    const sealed = await page.call(`/page/commands?hashes=${waiting.hash}`);
    expect([sealed.status, sealed.json.code]).toEqual([503, "E_SEALED"]);
    expect((await page.call("/page/hello")).json.sealed).toBe(true);
    await test.agent.unseal();
    const { json } = await page.call("/page/handover", { body: { secret: secret.toString("base64url") } });
    expect(json.code).toBe("E_HANDOVER");
  });
});
