import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAdminClient } from "../cli/admin-client.ts";
import { allKeys } from "../cli/all-keys.ts";
import { startControlLink } from "../control-link/start-control-link.ts";
import type { Listener } from "../endpoints/served-agent.ts";
import { AgentPages } from "../local-page/agent-pages.ts";
import { AgentNotices } from "../notices/agent-notices.ts";
import { openTestAgent, type TestAgent } from "../operations/testing/open-test-domain.ts";
import type { AdminSurroundings } from "./admin-route.ts";
import { startAdmin } from "./admin-server.ts";

let folder: string;
let socketPath: string;
let test: TestAgent;
let surroundings: AdminSurroundings;
let listener: Listener;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-admin-"));
  socketPath = join(folder, "admin.sock");
  test = await openTestAgent();
  const { agent } = test;
  const urls = { rest: null, kmip: null, page: null, metrics: null };
  const link = startControlLink({ agent, urls: () => urls });
  const pages = await AgentPages.start({ agent, plan: null, admin: socketPath, sans: [] });
  const notices = new AgentNotices({ agent, link });
  surroundings = { agent, link, notices, pages, places: () => ({ urls, linked: null }) };
  listener = await startAdmin(surroundings, socketPath);
});
afterAll(async () => {
  await listener.close();
  await test.close();
  rmSync(folder, { recursive: true, force: true });
});

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely
function call(path: string, body?: object | string): Promise<{ status: number; json: any }> {
  return new Promise((resolve, reject) => {
    const method = body === undefined ? "GET" : "POST";
    const sent = request({ socketPath, path, method, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      response.once("end", () => resolve({ status: response.statusCode ?? 0, json: JSON.parse(text) }));
    });
    sent.once("error", reject);
    sent.end(typeof body === "object" ? JSON.stringify(body) : body);
  });
}

const act = { act: "key.create", args: { items: [] } };

describe("the administration socket", () => {
  it("can be opened by this user alone", () => {
    expect(statSync(socketPath).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it("is not taken from an agent that answers there", async () => {
    await expect(startAdmin(surroundings, socketPath)).rejects.toMatchObject({ code: "E_SOCKET" });
    expect((await call("/v1/status")).status).toBe(200);
  });

  it.each<[string, string, object | string | undefined, number, string]>([
    ["a call that is not there", "/v1/nothing", undefined, 404, "E_NOT_FOUND"],
    ["the wrong method", "/v1/status", {}, 404, "E_NOT_FOUND"],
    ["a member it does not have", "/v1/seal", { now: true }, 400, "E_SCHEMA"],
    ["a list", "/v1/act", "[]", 400, "E_SCHEMA"],
    ["no JSON", "/v1/act", "{", 400, "E_SCHEMA"],
    ["an act that does not exist", "/v1/act", { ...act, act: "key.export" }, 409, "E_UNSUPPORTED"],
    ["arguments that are a text", "/v1/act", { ...act, args: "none" }, 400, "E_SCHEMA"],
    ["a flag that is a text", "/v1/act", { ...act, wait: "yes" }, 400, "E_SCHEMA"],
    ["an address that does not decode", "/v1/keys/%zz", undefined, 400, "E_SCHEMA"],
    ["a number that is none", "/v1/log?from=-1", undefined, 400, "E_SCHEMA"],
    ["a nonce that is too short", "/v1/attest", { nonce: "AAAA" }, 400, "E_SCHEMA"],
    ["an envelope that is no base64url", "/v1/envelope", { envelope: "*" }, 400, "E_SCHEMA"],
    ["too much", "/v1/act", { ...act, reason: "a".repeat(25_500_000) }, 413, "E_LIMIT"],
    ["row 159: a token while a local administrator stands in", "/v1/link", { token: "hfe1.x" }, 409, "E_LOCAL_ADMIN"],
  ])("refuses %s by its code, with a next step", async (_, path, body, status, code) => {
    const answer = await call(path, body);
    expect([answer.status, answer.json.code]).toEqual([status, code]);
    expect(answer.json.next).toMatch(/\S/);
  });

  it("gives the command line every key, once and in order, a page at a time", async () => {
    const item = { algorithm: "AES-256", usage: ["encrypt", "decrypt"], group: "default", extractable: false };
    const items = Array.from({ length: 7 }, (_, at) => ({ ...item, label: `page ${at}` }));
    expect((await call("/v1/act", { ...act, args: { items } })).status).toBe(200);
    const whole: { keyId: string }[] = (await call("/v1/keys")).json.keys;
    expect(whole.length).toBeGreaterThanOrEqual(7);
    const client = createAdminClient(socketPath);
    for (const page of [1, 2, whole.length, whole.length + 1]) expect(await allKeys(client, page)).toEqual(whole);
    expect((await call("/v1/keys?from=2&limit=3")).json.keys).toEqual(whole.slice(2, 5));
    expect((await call(`/v1/keys?from=${whole.length}`)).json.keys).toEqual([]);
  });

  it("while sealed tells only what is known then, and does nothing else", async () => {
    expect((await call("/v1/seal", {})).json).toEqual({ sealed: true });
    const { json } = await call("/v1/status");
    expect(json).toMatchObject({ sealed: true, local: null, size: null, counts: null, root: null });
    for (const [path, body] of [["/v1/keys"], ["/v1/log"], ["/v1/act", act], ["/v1/report", {}]] as const)
      expect(await call(path, body)).toMatchObject({ status: 503, json: { code: "E_SEALED" } });
    expect((await call("/v1/unseal", {})).json).toEqual({ sealed: false, wasSealed: true });
    expect((await call("/v1/status")).json).toMatchObject({ sealed: false, local: true });
  });

  it("is gone once it was closed", async () => {
    const path = join(folder, "second.sock");
    const second = await startAdmin(surroundings, path);
    expect(existsSync(path)).toBe(true);
    await second.close();
    expect(existsSync(path)).toBe(false);
  });
});
