import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { generateSigningKey } from "@holdfast/crypto";
import { encodeBase64url } from "@holdfast/protocol";
import { SoftwareAdministrator } from "@holdfast/testkit";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { encrypter } from "../admission/testing/attack.ts";
import { PasskeyAgent } from "../admission/testing/passkey-agent.ts";
import { adding, deliver, draft, envelopeOf } from "../roster/testing/links.ts";
import { Connection } from "./connection.ts";
import { GatewayClient } from "./gateway-client.ts";

type Body = Record<string, unknown>;
type Report = { hash: string; status: string; code?: string | null; due?: number };

let agent: PasskeyAgent;
let server: Server;
let client: GatewayClient;
let connection: Connection | null;
/** What the next poll brings. */
let mail: Body;
let reports: Report[];

beforeEach(async () => {
  agent = await PasskeyAgent.found();
  mail = {};
  reports = [];
  connection = null;
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Body;
    if (request.url === "/v1/drip") {
      response.write("{");
      const drip = setInterval(() => response.write(" "), 10);
      response.on("close", () => clearInterval(drip));
      return;
    }
    if (request.url === "/v1/links") reports.push(...(body.reports as Report[]));
    const answer = request.url === "/v1/poll" ? mail : { links: 1, size: 0 };
    if (request.url === "/v1/poll") mail = {};
    response.end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const gateway = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  client = new GatewayClient({ gateway, aid: agent.domain.aid, aik: generateSigningKey("P-256"), now: () => 0 });
});

afterEach(async () => {
  await connection?.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await agent.close();
});

const connect = () => {
  connection = new Connection({
    ...{ witness: "", run: "A".repeat(22) },
    domain: agent.domain,
    client,
    status: () => ({
      locked: false,
      recovering: false,
      conditions: [],
      unbacked: 0,
      backupAt: null,
      backupFailing: null,
    }),
    onAnswer: () => undefined,
    onFault: () => undefined,
  });
};
const asMail = (hash: string, envelope: Uint8Array) => ({ hash, envelope: encodeBase64url(envelope) });

describe("changes of administrators in the mailbox", () => {
  test("wait for the people of this key server, and how far they are is told", async () => {
    const grace = new SoftwareAdministrator({ label: "Grace" });
    const link = adding(agent, [grace]);
    mail = { links: [asMail(link.hash, envelopeOf({ ...link, intros: [] }, []))] };
    connect();
    await vi.waitFor(() => expect(reports).toMatchObject([{ hash: link.hash, status: "open" }]));
    expect(agent.domain.links.find(link.hash)).toMatchObject({ status: "pending", dryRun: { ok: true } });
    await deliver(agent, { ...link, intros: [] }, ...agent.administrators, grace);
    await vi.waitFor(() => expect(reports.at(-1)).toMatchObject({ hash: link.hash, status: "applied" }));
  });

  test("that gave way to another are told of as refused, once that one is in force", async () => {
    await agent.key();
    const longer = draft(agent, {}, [], (roster) => ({ ...roster, notAfter: roster.notAfter + 86_400 }));
    const waiting = { ...longer, intros: [] };
    connect();
    expect(await deliver(agent, waiting, ...agent.administrators)).toMatchObject({ outcome: "scheduled" });
    await vi.waitFor(() => expect(reports.at(-1)).toMatchObject({ hash: waiting.hash, status: "scheduled" }));
    const first = draft(agent, {}, [], (roster) => ({ ...roster, notAfter: roster.notAfter - 1 }));
    expect(await deliver(agent, first, ...agent.administrators)).toMatchObject({ outcome: "applied" });
    const told = { hash: waiting.hash, status: "refused", code: "E_ROSTER_SEQ" };
    await vi.waitFor(() => expect(reports).toContainEqual(expect.objectContaining(told)));
    expect(agent.lines.some((line) => line.includes("roster.refused") && line.includes(waiting.hash))).toBe(true);
  });

  test("row 47: an endless chain, a giant link and a dripping answer are bounded, and use goes on", async () => {
    const encrypt = await encrypter(agent);
    const key = await agent.key();
    const links = Array.from({ length: 100 }, (_, n) => {
      const ahead = draft(agent, { renew: true }, [], (roster) => ({ ...roster, seq: n + 2 }));
      return asMail(ahead.hash, envelopeOf(ahead, []));
    });
    const giant = { hash: "g".repeat(43), envelope: "A".repeat(720_000) };
    mail = { links: [giant, ...links] };
    connect();
    await vi.waitFor(() => expect(reports.length).toBe(8));
    expect(reports[0]).toMatchObject({ hash: giant.hash, status: "refused", code: "E_LIMIT" });
    expect(new Set(reports.slice(1).map(({ code }) => code))).toEqual(new Set(["E_ROSTER_SEQ"]));
    expect(agent.counted("E_LIMIT")).toBe(1);
    expect(agent.domain.links.pending()).toEqual([]);
    expect(agent.domain.rosters.current().roster.seq).toBe(0);
    await expect(client.post("/v1/drip", {}, { waitMs: -9_700 })).rejects.toMatchObject({ code: "E_GATEWAY" });
    expect(await encrypt(key.id)).toBeDefined();
    expect(await deliver(agent, draft(agent, { renew: true }), ...agent.administrators)).toMatchObject({
      leaf: expect.any(Number),
    });
  });
});
