import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { generateSigningKey } from "@holdfast/crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { newKey, PasskeyAgent } from "../admission/testing/passkey-agent.ts";
import { decisionOf, draft, envelopeOf } from "../roster/testing/links.ts";
import { CommandReports } from "./command-reports.ts";
import { GatewayClient } from "./gateway-client.ts";
import { LinkReports } from "./link-reports.ts";
import { uploadLog } from "./log-upload.ts";

type Body = Record<string, unknown>;

const { signal } = new AbortController();
let agent: PasskeyAgent;
let server: Server;
let client: GatewayClient;
/** What the gateway answers, by path. */
let answers: Record<string, (body: Body) => Body>;
let sizes: number[];

beforeEach(async () => {
  agent = await PasskeyAgent.found();
  answers = {};
  sizes = [];
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    sizes.push(bytes.length);
    const { status = 200, ...body } = answers[request.url ?? ""]?.(JSON.parse(bytes.toString()) as Body) ?? {
      status: 404,
    };
    response.writeHead(Number(status)).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const gateway = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  client = new GatewayClient({ gateway, aid: agent.domain.aid, aik: generateSigningKey("P-256"), now: () => 0 });
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await agent.close();
});

describe("what a linked agent uploads", () => {
  it("of a change that waits its delay is what the mailbox takes, member by member", async () => {
    await agent.key();
    const [ada] = agent.administrators;
    agent.clock.advance(60); // otherwise it is good until the same second, and loosens nothing
    const link = draft(agent, { renew: true });
    const decided = await agent.domain.links.deliver(envelopeOf(link, ada ? [decisionOf(ada, link)] : []), "mailbox");
    expect(decided).toMatchObject({ outcome: "scheduled" });
    const told: Body[] = [];
    answers["/v1/links"] = ({ reports }) => {
      told.push(...(reports as Body[]));
      return {};
    };
    const reports = new LinkReports();
    reports.note(link.hash);
    await reports.send(agent.domain, client, signal);
    expect(told.map((each) => Object.keys(each).sort())).toEqual([
      ["code", "delaySec", "doc", "due", "hash", "intros", "new", "old", "reason", "status"],
    ]);
    expect(told[0]).toMatchObject({ hash: link.hash, status: "scheduled", reason: "loosens" });
  });

  it("is complete though the witness that answers is none of the roster's", async () => {
    answers["/v1/log/state"] = () => ({ links: 1, size: 0 });
    answers["/v1/log"] = () => ({ cosignature: "— somebody.example/w AAAAAAAA\n" });
    expect(await uploadLog(agent.domain, client, signal)).toBe(true);
  });

  it("is given up for now when the gateway says again and again that it is elsewhere", async () => {
    let turn = 0;
    answers["/v1/log/state"] = () => ({ links: 1, size: 0 });
    answers["/v1/log"] = () => {
      turn += 1;
      return { status: 409, size: turn % 2 };
    };
    await expect(uploadLog(agent.domain, client, signal)).rejects.toMatchObject({ code: "E_GATEWAY_REFUSED" });
    expect(turn).toBeLessThan(6);
  });

  it("says so when the gateway holds more than the agent, and sends nothing", async () => {
    answers["/v1/log/state"] = () => ({ links: 1, size: 9_999 });
    await expect(uploadLog(agent.domain, client, signal)).rejects.toMatchObject({ detail: { size: 9_999 } });
    expect(sizes).toHaveLength(1);
  });

  it("row 140: is told an invented size without a signed head, believes none of it, and goes on", async () => {
    const { size } = agent.domain.log;
    answers["/v1/log/state"] = () => ({ links: 1, size: 0 });
    answers["/v1/log"] = () => ({ status: 409, size: 9_999 });
    await expect(uploadLog(agent.domain, client, signal)).rejects.toThrow();
    expect([agent.domain.problem, agent.domain.log.size]).toEqual([null, size]);
    await agent.key("after the lie");
    answers["/v1/log"] = () => ({ cosignature: "— somebody.example/w AAAAAAAA\n" });
    expect(await uploadLog(agent.domain, client, signal)).toBe(true);
  });

  it("tells of large commands in parts that a request can hold", async () => {
    const items = Array.from({ length: 900 }, (_, n) => newKey(`a key with quite a long name ${n} `.repeat(2).trim()));
    const told: string[] = [];
    const reports = new CommandReports();
    for (let n = 0; n < 6; n += 1) {
      const { hash } = await agent.domain.admission.act({
        act: "key.create",
        args: { items },
        reason: `${n}`,
        wait: false,
      });
      reports.note(hash);
    }
    answers["/v1/commands"] = ({ reports: given }) => {
      told.push(...(given as { hash: string }[]).map(({ hash }) => hash));
      return {};
    };
    await reports.send(agent.domain, client, signal);
    expect(new Set(told).size).toBe(6);
    expect(sizes.length).toBeGreaterThan(1);
    expect(Math.max(...sizes)).toBeLessThan(1_048_576);
  });
});
