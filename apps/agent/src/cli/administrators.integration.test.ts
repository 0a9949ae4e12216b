import { spawn } from "node:child_process";
import { request } from "node:http";
import { text } from "node:stream/consumers";
import {
  type Approval,
  decodeBase64url,
  docHash,
  encodeBase64url,
  encodeEnvelope,
  parseEnvelope,
} from "@holdfast/protocol";
import { SoftwarePasskey } from "@holdfast/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { InvitationAnswer, LinkAnswer, RosterAnswer } from "../admin/answers.ts";
import { createAdminClient } from "./admin-client.ts";
import { CommandLineRun, PROGRAM, type Served } from "./testing/command-line-run.ts";

const ORIGIN = "https://keys.example.test";
const line = new CommandLineRun();
const passkeyOf = () => new SoftwarePasskey({ channel: "customer", rpId: "keys.example.test", origin: ORIGIN });
const [ada, grace] = [passkeyOf(), passkeyOf()];
let served: Served;
let pagePort: number;

beforeAll(async () => {
  await line.run("init", "--standalone");
  pagePort = 20_000 + (process.pid % 20_000);
  const page = ["--page", `127.0.0.1:${pagePort}`, "--page-origin", ORIGIN];
  served = await line.serve(["--rest", "off", ...page]);
});
afterAll(() => line.close());

/** What the page's own script sends through the company's proxy. */
function post(path: string, body: object): Promise<{ status: number; body: Record<string, unknown> }> {
  const headers = {
    host: "keys.example.test",
    origin: ORIGIN,
    "sec-fetch-site": "same-origin",
    "content-type": "application/json",
    "holdfast-page": "1",
  };
  return new Promise((resolve, reject) => {
    const call = request({ port: pagePort, host: "127.0.0.1", method: "POST", path, headers }, async (answer) => {
      let text = "";
      for await (const chunk of answer) text += String(chunk);
      resolve({ status: answer.statusCode ?? 0, body: JSON.parse(text) });
    });
    call.once("error", reject);
    call.end(JSON.stringify(body));
  });
}

/** Opens an invitation in a browser, makes a passkey there, and reads its words. */
async function register(url: string, passkey: SoftwarePasskey): Promise<string> {
  const [, invitation = ""] = url.split("#");
  const opened = await post("/page/invitation", { invitation });
  const challenge = decodeBase64url((opened.body.passkey as { challenge: string }).challenge);
  const offered = {
    attestation: passkey.create(challenge),
    possession: { credId: passkey.credId, ...passkey.get(challenge) },
  };
  const taken = await post("/page/administrator", { invitation, passkeys: [offered] });
  return docHash("intro", decodeBase64url(String(taken.body.doc)));
}

/** Approves a change that was exported, as anybody may who has it, and gives it back to the key server. */
async function approve(hash: string, ...by: readonly SoftwarePasskey[]): Promise<LinkAnswer> {
  const exported = await socket().get<{ envelope: string }>(`/v1/roster/links/${hash}`);
  const { intros, ...envelope } = parseEnvelope(decodeBase64url(exported.envelope));
  const touches: Approval[] = by.map((passkey) => passkey.approve([hash]));
  const all = { ...envelope, ...(intros ? { intros } : {}), approvals: [...envelope.approvals, ...touches] };
  return socket().post<LinkAnswer>("/v1/envelope", { envelope: encodeBase64url(encodeEnvelope(all)) });
}

const socket = () => createAdminClient(line.path("data", "admin.sock"));
const roster = () => socket().get<RosterAnswer>("/v1/roster");

describe("administrators on the command line", () => {
  test("the first person takes the local administrator's place, and the host decides nothing alone from then on", async () => {
    const { json: invitation } = await line.run("admin", "invite", "Ada");
    const hash = await register(invitation.url, ada);
    const added = await line.run("admin", "add", `intro:${hash}`);
    expect(added.code).toBe(3);
    expect(added.json.changes.map(({ text }: { text: string }) => text).join("\n")).toContain("Ada");
    expect(await approve(added.json.pending, ada)).toMatchObject({ outcome: "applied" });
    expect(await socket().get("/v1/status")).toMatchObject({ local: false, roster: { seq: 1 } });
    expect(await line.run("policy", "set", "key.rotate", "--m", "1")).toMatchObject({ code: 3 });
    expect(await socket().post("/v1/act", { act: "domain.unlock", args: {} })).toMatchObject({ outcome: "pending" });
  });

  test("the second brings the rules of two by a touch of each, and is removed again at once", async () => {
    const invited = { kind: "administrator", label: "Grace", seconds: 600 };
    const { url } = await socket().post<InvitationAnswer>("/v1/introductions/invite", invited);
    const intros = [`intro:${await register(url, grace)}`];
    const { hash } = await socket().post<LinkAnswer>("/v1/roster/propose", { intros, groups: ["security"] });
    expect(await approve(hash, ada)).toMatchObject({ outcome: "pending" });
    expect((await roster()).links.find((link) => link.hash === hash)).toMatchObject({
      old: { have: 1, need: 1 },
      new: { have: 1, need: 2 },
      approvals: [{ label: "Ada" }],
    });
    expect(await approve(hash, grace)).toMatchObject({ outcome: "applied" });
    const { administrators, policy } = await roster();
    expect(administrators.map(({ label, groups }) => [label, groups])).toEqual([
      ["Ada", []],
      ["Grace", ["security"]],
    ]);
    expect(policy).toContainEqual(expect.objectContaining({ act: "roster.update", m: 2 }));
    const alone = await line.run("admin", "remove", "Grace");
    expect(alone.json.error).toMatchObject({ code: "E_ROSTER_SCHEMA" });
    const removed = await line.run("admin", "remove", "Grace", "--default-rules");
    expect(await approve(removed.json.pending, ada, grace)).toMatchObject({ outcome: "applied" });
    expect((await roster()).administrators).toHaveLength(1);
  });

  test("`page check` tells a program too which address it waits for, and answers when a browser has been there", async () => {
    const words = [PROGRAM, "page", "check", "--name", ORIGIN, "--json"];
    const check = spawn(process.execPath, words, { env: line.environment(), stdio: ["ignore", "pipe", "pipe"] });
    const answer = text(check.stdout);
    let asked = "";
    for await (const part of check.stderr.setEncoding("utf8")) {
      asked += part;
      if (asked.includes("\n  https://")) break;
    }
    const [, word = ""] = /\/check#(\S+)/.exec(asked) ?? [];
    expect(await post("/page/check", { word, origin: ORIGIN })).toMatchObject({ status: 200 });
    expect(JSON.parse(await answer)).toMatchObject({ origin: ORIGIN, tls: "front" });
  });

  test("everything is there after a restart, and the log holds", async () => {
    await served.stop();
    served = await line.serve(["--rest", "off"]);
    expect(await socket().get("/v1/status")).toMatchObject({ local: false, roster: { seq: 3 } });
    expect((await line.run("audit", "verify")).code).toBe(0);
  });
});
