import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { generateSigningKey } from "@holdfast/crypto";
import { encodeBase64url } from "@holdfast/protocol";
import { SoftwareAdministrator, SoftwarePasskey } from "@holdfast/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { PasskeyAgent } from "../admission/testing/passkey-agent.ts";
import { withstand } from "../admission/testing/withstand.ts";
import { adding, deliver, envelopeOf } from "../roster/testing/links.ts";
import { CarriedApprovals } from "./carried-approvals.ts";
import { GatewayClient } from "./gateway-client.ts";

const hosted = new SoftwarePasskey({ channel: "hosted", rpId: "approve.example", seed: "carried" });
const ID = "A".repeat(43);

let agent: PasskeyAgent;
let carried: CarriedApprovals;
let keyId: string;
let server: Server;
let client: GatewayClient;
/** What the gateway was told. */
const told: object[] = [];

beforeEach(async () => {
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.url === "/v1/approvals") told.push(...JSON.parse(Buffer.concat(chunks).toString()).answers);
    response.end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const ada = new SoftwareAdministrator();
  Object.assign(ada, { passkeys: [ada.passkey, hosted] });
  agent = await PasskeyAgent.found({ administrators: [ada] });
  const gateway = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  client = new GatewayClient({ gateway, aid: agent.domain.aid, aik: generateSigningKey("P-256"), now: () => 0 });
  carried = new CarriedApprovals();
  keyId = (await agent.key()).id;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await agent.close();
});

/** What is told of decisions once they were judged. */
async function answers(): Promise<object[]> {
  told.length = 0;
  await carried.send(client, new AbortController().signal);
  return [...told];
}

function decided(act: string, rest: object, decision?: 1 | 2) {
  const command = agent.propose(act, rest);
  const envelope = agent.envelope(command, [
    agent.approve([command], { passkey: 1, ...(decision ? { decision } : {}) }),
  ]);
  return { id: ID, envelope: encodeBase64url(envelope), hash: command.hash };
}

describe("a decision that the mailbox brings", () => {
  test("of a hosted page's passkey suspends a key, and what became of it is told once, without files", async () => {
    const { hash, ...mail } = decided("key.suspend", { key: keyId });
    expect(await carried.take(agent.domain, mail)).toEqual({ kind: "command", hash });
    expect(agent.domain.keystore.findKey(keyId)?.state).toBe("suspended");
    expect(await answers()).toEqual([{ id: ID, outcome: "applied", code: null }]);
    expect(await answers()).toEqual([]);
  });

  test("rows 26 and 121: is refused E_CHANNEL for the end of a key, on record, and that is told", async () => {
    const mail = decided("key.deactivate", { key: keyId });
    await withstand(agent, "E_CHANNEL", () => carried.take(agent.domain, mail));
    expect(await answers()).toEqual([{ id: ID, outcome: "refused", code: "E_CHANNEL" }]);
  });

  test("stops a change of administrators that waits its delay, and never brings one into force", async () => {
    const grace = new SoftwareAdministrator({ label: "Grace" });
    const link = adding(agent, [grace]);
    const by = (passkey: SoftwarePasskey, decision: 1 | 2) => passkey.approve([link.hash], { decision });
    const bring = (decision: 1 | 2) => {
      const envelope = encodeBase64url(envelopeOf(link, [by(hosted, decision)]));
      return carried.take(agent.domain, { id: ID, kind: "change", envelope });
    };
    await withstand(agent, "E_CHANNEL", () => bring(1));
    expect(await answers()).toEqual([{ id: ID, outcome: "refused", code: "E_CHANNEL" }]);
    expect([agent.domain.rosters.current().roster.seq, agent.domain.links.find(link.hash)]).toEqual([0, null]);
    expect(await deliver(agent, link, ...agent.administrators, grace)).toMatchObject({ outcome: "scheduled" });
    expect(await bring(2)).toEqual({ kind: "change", hash: link.hash });
    expect((await answers()).at(-1)).toMatchObject({ id: ID, outcome: "cancelled" });
    expect(agent.domain.rosters.current().roster.seq).toBe(0);
  });

  test("that is bent, cut or no envelope is refused by its code and changes nothing", async () => {
    const { envelope } = decided("key.suspend", { key: keyId });
    for (const [bent, code] of [
      [envelope.slice(0, -8), "E_CANON"],
      ["", "E_CANON"],
      ["!", "E_CANON"],
    ] as const) {
      await withstand(agent, code, () => carried.take(agent.domain, { id: ID, envelope: bent }));
      expect(await answers()).toEqual([{ id: ID, outcome: "refused", code }]);
    }
    for (const none of [{}, { id: ID }, { id: 7, envelope }, { id: "x", envelope }])
      expect(await carried.take(agent.domain, none)).toBeNull();
    expect(await answers()).toEqual([]);
  });
});
