import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { decodeBase64url } from "@holdfast/protocol";
import { SoftwareKey, SoftwarePasskey, softwareWitness } from "@holdfast/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Agent } from "../agent.ts";
import { testRecovery } from "../custody/testing/test-recovery.ts";
import type { Listener } from "../endpoints/served-agent.ts";
import { initAgent } from "../init-agent.ts";
import { silentLogger } from "../logger.ts";
import { startPage } from "./page-server.ts";
import { freePort, PageCaller } from "./testing/page-caller.ts";

const ORIGIN = "http://agent.localhost:7400";
const approve = new URL("../../../approve/", import.meta.url);
const passkey = new SoftwarePasskey({ channel: "this-machine", rpId: "agent.localhost", origin: ORIGIN });
const recovery = SoftwareKey.make("EdDSA", "recovery");

let folder: string;
let agent: Agent;
let listener: Listener;
let page: PageCaller;
beforeEach(async () => {
  if (!existsSync(new URL("dist/page.html", approve)))
    spawnSync(process.execPath, [fileURLToPath(new URL("build.mjs", approve))]);
  folder = mkdtempSync(join(tmpdir(), "holdfast-page-"));
  const dataDirectory = join(folder, "data");
  await initAgent({
    ...{ dataDirectory, keyDirectory: join(folder, "keys"), name: "keys-1", standalone: false },
    kek: { kind: "file" },
    recoveryPassphrase: await testRecovery(),
  });
  agent = await Agent.open({ dataDirectory, pageOrigin: ORIGIN, logger: silentLogger });
  const port = await freePort();
  listener = await startPage({ agent, listen: `127.0.0.1:${port}`, origin: ORIGIN });
  page = new PageCaller(ORIGIN, port);
});
afterEach(async () => {
  await listener.close();
  await agent.close();
  rmSync(folder, { recursive: true, force: true });
});

const claimWord = () => agent.registration.newClaim().claimUrl.split("#")[1] ?? "";
const openClaim = async () => (await page.call("/page/claim", { body: { claim: claimWord() } })).json;

function submission(opened: { challenge: string }) {
  const challenge = decodeBase64url(opened.challenge);
  return {
    label: "Ada",
    attestation: passkey.create(challenge),
    possession: { credId: passkey.credId, ...passkey.get(challenge) },
    recovery: { cose: recovery.coseText, sig: recovery.signRaw("recover", challenge) },
  };
}

const register = (registration: string | null, body: object) =>
  page.call("/page/register", { body, headers: { "holdfast-registration": registration } });
const stateFor = (registration: string | null) =>
  page.call("/page/registration", { headers: { "holdfast-registration": registration } });

describe("registering the first administrator at the page", () => {
  it("founds nothing until the console says yes, and is done then", async () => {
    const opened = await openClaim();
    expect((await register(opened.registration, submission(opened))).json).toEqual({ state: "waiting" });
    expect((await stateFor(opened.registration)).json).toEqual({ state: "waiting" });
    expect((await page.call("/page/hello")).json.tid).toBeNull();
    const { tid } = await agent.registration.confirm((agent.registration.answer().words ?? []).join(" "));
    expect((await stateFor(opened.registration)).json).toEqual({ state: "done" });
    expect((await page.call("/page/hello")).json.tid).toBe(tid);
  });

  it("tells the commands of its console as they work there, before there is a domain and not after", async () => {
    const data = join(folder, "data");
    expect((await page.call("/page/hello")).json.commands).toEqual({
      claim: `npx holdfast-agent claim --data ${data}`,
      confirm: `npx holdfast-agent confirm --data ${data}`,
    });
    const opened = await openClaim();
    await register(opened.registration, submission(opened));
    await agent.registration.confirm((agent.registration.answer().words ?? []).join(" "));
    expect((await page.call("/page/hello")).json).not.toHaveProperty("commands");
    agent.seal();
    expect((await page.call("/page/hello")).json.commands).toEqual({
      unseal: `npx holdfast-agent unseal --data ${data}`,
    });
  });

  it("stands alone when the person goes back and takes the token away", async () => {
    const { registration } = await openClaim();
    const headers = { "holdfast-registration": registration };
    const witness = softwareWitness("test.example/witness").vkey;
    const body = { gateway: "http://127.0.0.1:7000", witness, secret: "A".repeat(22) };
    const token = `hfe1.${Buffer.from(JSON.stringify(body)).toString("base64url")}`;
    expect((await page.call("/page/token", { body: { token }, headers })).status).toBe(200);
    expect(agent.registration.token()).not.toBeNull();
    expect((await page.call("/page/token", { body: { token: null }, headers })).status).toBe(200);
    expect(agent.registration.token()).toBeNull();
    expect((await page.call("/page/token", { body: { token: null } })).status).toBe(403);
  });

  it("takes a claim once", async () => {
    const claim = claimWord();
    expect((await page.call("/page/claim", { body: { claim } })).status).toBe(200);
    expect(await page.call("/page/claim", { body: { claim } })).toMatchObject({
      status: 403,
      json: { code: "E_CLAIM" },
    });
  });

  it.each(["", "A".repeat(22), "A".repeat(64)])("refuses the claim %j and leaves the real one open", async (claim) => {
    const real = claimWord();
    expect(await page.call("/page/claim", { body: { claim } })).toMatchObject({
      status: 403,
      json: { code: "E_CLAIM" },
    });
    expect((await page.call("/page/claim", { body: { claim: real } })).status).toBe(200);
  });

  it.each([null, "", "A".repeat(43)])(
    "registers nobody with the registration secret %j, and tells nothing of it",
    async (secret) => {
      const opened = await openClaim();
      expect(await register(secret, submission(opened))).toMatchObject({ status: 403, json: { code: "E_CLAIM" } });
      expect(agent.registration.answer().state).toBe("none");
      expect((await stateFor(secret)).json).not.toHaveProperty("state", "waiting");
    },
  );

  it.each([
    ["a member too many", (body: object) => ({ ...body, admin: true })],
    ["a name with markers of direction", (body: object) => ({ ...body, label: "Ada\u202e" })],
    ["no name", (body: object) => ({ ...body, label: "" })],
    ["no proof of possession", (body: object) => ({ ...body, possession: undefined })],
    ["a list for a proof", (body: object) => ({ ...body, possession: [] })],
    ["no replacement key", (body: object) => ({ ...body, recovery: {} })],
  ])("refuses %s", async (_, change) => {
    const opened = await openClaim();
    expect(await register(opened.registration, change(submission(opened)))).toMatchObject({
      status: 400,
      json: { code: "E_SCHEMA" },
    });
    expect(agent.registration.answer().state).toBe("none");
  });

  it.each(["hfe1.nonsense", "", "nonsense"])("refuses the token %j with a next step", async (token) => {
    const { registration } = await openClaim();
    const headers = { "holdfast-registration": registration };
    const { status, json } = await page.call("/page/token", { body: { token }, headers });
    expect([status, json.code]).toEqual([400, "E_SCHEMA"]);
    expect(json.next).toMatch(/\S/);
  });

  it("shows no command before there is a domain", async () => {
    const { status, json } = await page.call(`/page/commands?hashes=${"A".repeat(43)}`);
    expect([status, json.code]).toEqual([409, "E_GENESIS"]);
  });
});
