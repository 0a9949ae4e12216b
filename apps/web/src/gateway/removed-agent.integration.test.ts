import { connect } from "node:net";
import type { Scope } from "@holdfast/db";
import { SoftwareAgent, SoftwareLedger } from "@holdfast/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clientOf, enrolmentOf, KEY } from "./testing/linked-agent.ts";
import { TEST_STATUS, type TestAgent } from "./testing/test-agent.ts";
import { startTestGateway, type TestGateway } from "./testing/test-gateway.ts";

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());

async function enrol(agent: SoftwareAgent, scope: Scope) {
  const secret = await gateway.newSecret(scope);
  const body = enrolmentOf(agent, secret);
  return { secret, body, answer: await clientOf(gateway, agent).post("/v1/enrol", body) };
}

async function newLinked() {
  const scope = await gateway.newScope();
  const ledger = SoftwareLedger.found();
  const { domain, log } = ledger;
  await enrol(domain.agent, scope);
  const client = clientOf(gateway, domain.agent);
  await client.post("/v1/roster", { from: 0, links: domain.links });
  await client.post("/v1/log", { from: 0, entries: log.entries, checkpoint: log.checkpoint(), proof: [] });
  return { scope, ledger, client };
}

const poll = (client: TestAgent, status: object = TEST_STATUS) =>
  client.post("/v1/poll", { wait: 0, status, known: [] });
const ofScope = (sql: string, { tenantId, environmentId }: Scope) =>
  gateway.database.query(sql.replace("$scope", "tenant_id = $1 AND environment_id = $2"), [tenantId, environmentId]);

describe("an agent that the administrators removed", () => {
  test("gets no mail, adds nothing and is cosigned no more, while its successor goes on", async () => {
    const { scope, ledger, client } = await newLinked();
    const { domain, log } = ledger;
    const successor = new SoftwareAgent();
    domain.extend((roster) => ({ ...roster, agents: [successor.rosterEntry()] }));
    log.recordLinks();
    expect((await enrol(successor, scope)).answer.status).toBe(200);
    const next = clientOf(gateway, successor);
    expect((await poll(next)).body.code).toBe("E_AGENT");
    expect((await next.post("/v1/roster", { from: 1, links: domain.links.slice(1) })).status).toBe(200);
    expect((await poll(next)).status).toBe(200);
    ledger.apply(domain.propose({ act: "key.create", args: { items: [{ label: "forged", ...KEY }] } }));
    const forged = { from: 1, entries: log.entries.slice(1), checkpoint: log.checkpoint(), proof: [] };
    expect((await client.post("/v1/log", forged)).body.code).toBe("E_AGENT");
    expect((await poll(client)).body.code).toBe("E_AGENT");
    expect((await client.post("/v1/commands", { reports: [] })).body.code).toBe("E_AGENT");
    expect((await next.post("/v1/log", forged)).body.code).toBe("V_SIGNATURE");
    expect(await ofScope("SELECT n FROM app.log_entry WHERE $scope", scope)).toHaveLength(1);
    expect(await ofScope("SELECT id FROM app.key WHERE $scope", scope)).toEqual([]);
    expect((await client.post("/v1/unlink", {})).status).toBe(200);
  });
});

describe("an agent that left", () => {
  test("may enrol in another environment; one that has not left stays, and the token stays good", async () => {
    const [first, second] = [await gateway.newScope(), await gateway.newScope()];
    const agent = new SoftwareAgent();
    expect((await enrol(agent, first)).answer.status).toBe(200);
    const { answer, body, secret } = await enrol(agent, second);
    expect(answer.body.code).toBe("E_TOKEN");
    expect((await clientOf(gateway, agent).post("/v1/unlink", {})).status).toBe(200);
    const again = await clientOf(gateway, agent).post("/v1/enrol", { ...body, secret });
    expect(again.body.environment.id).toBe(second.environmentId);
    const other = new SoftwareAgent();
    const late = { ...body, aid: other.aid, aik: other.aik.coseText };
    expect((await clientOf(gateway, other).post("/v1/enrol", late)).body.code).toBe("E_TOKEN");
  });
});

describe("an agent whose log went back", () => {
  test("is told the newest signed head, and raises an alarm once that head is settled", async () => {
    const { scope, ledger, client } = await newLinked();
    const { body } = await client.post("/v1/log/state", {});
    expect(body).toMatchObject({ links: 1, size: 1 });
    expect(body.checkpoint).toContain(ledger.log.checkpoint().split("\n\n")[0]);
    const shorter = { ...TEST_STATUS, size: 0 };
    await poll(client, shorter);
    const alarms = () => ofScope("SELECT code FROM app.alarm WHERE $scope", scope);
    expect(await alarms()).toEqual([]);
    await ofScope("UPDATE app.checkpoint SET received_at = now() - interval '2 minutes' WHERE $scope", scope);
    await poll(client, TEST_STATUS);
    expect(await alarms()).toEqual([]);
    await poll(client, shorter);
    await poll(client, shorter);
    expect(await alarms()).toEqual([{ code: "E_LOG_ROLLBACK" }]);
  });
});

describe("a stranger", () => {
  test("cannot use up an agent's requests by naming it", async () => {
    const { client } = await newLinked();
    const forged = client.prepare("/v1/log/state", {});
    const signature = `sig1=:${Buffer.alloc(64).toString("base64")}:`;
    const headers = { ...forged.headers, signature, "x-forwarded-for": "203.0.113.9" };
    for (let round = 0; round < 13; round += 1) {
      await Promise.all(Array.from({ length: 100 }, () => client.send("/v1/log/state", { ...forged, headers })));
    }
    expect((await client.post("/v1/log/state", {})).status).toBe(200);
  });
});

describe("a gateway that is asked to stop", () => {
  test("ends within seconds, also while somebody's request says nothing more", async () => {
    const own = await startTestGateway();
    const agent = new SoftwareAgent();
    const client = clientOf(own, agent);
    const { headers } = client.prepare("/v1/log/state", {});
    const { hostname, port, host } = new URL(own.url);
    const socket = connect(Number(port), hostname);
    const lines = Object.entries({ host, "content-length": "1000", ...headers }).map(
      ([name, value]) => `${name}: ${value}`,
    );
    await new Promise<void>((resolve) =>
      socket.write(`POST /v1/log/state HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n{`, () => resolve()),
    );
    const cut = new Promise<void>((resolve) => socket.on("error", () => undefined).on("close", () => resolve()));
    const start = performance.now();
    await own.stop();
    await cut;
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});
