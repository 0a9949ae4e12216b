import { randomBytes } from "node:crypto";
import type { Scope } from "@holdfast/db";
import { SoftwareLedger } from "@holdfast/testkit";
import { formatCheckpoint, logOrigin, rootAt, signNote } from "@holdfast/tlog";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { KEY, linkAgent, upload } from "./testing/linked-agent.ts";
import { TEST_STATUS, type TestAgent } from "./testing/test-agent.ts";
import { startTestGateway, type TestGateway } from "./testing/test-gateway.ts";

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());

const ofScope = (sql: string, { tenantId, environmentId }: Scope) =>
  gateway.database.query(sql.replace("$scope", "tenant_id = $1 AND environment_id = $2"), [tenantId, environmentId]);
const alarms = (scope: Scope) => ofScope("SELECT code FROM app.alarm WHERE $scope ORDER BY raised_at", scope);

async function newLinked() {
  const linked = await linkAgent(gateway);
  const { domain } = linked.ledger;
  linked.ledger.apply(domain.propose({ act: "key.create", args: { items: [{ label: "orders", ...KEY }] } }));
  await upload(linked);
  return linked;
}

const run = () => randomBytes(16).toString("base64url");
const poll = (client: TestAgent, of: string | null) =>
  client.post("/v1/poll", { wait: 0, status: { ...TEST_STATUS, size: 2 }, known: [], run: of }).then((answer) => {
    expect(answer.status).toBe(200);
    return answer;
  });

describe("an agent's identity", () => {
  test("row 82: used by a second copy raises an alarm at the real one's next poll, and the copy cannot change a key", async () => {
    const { scope, ledger, client } = await newLinked();
    const { domain, log } = ledger;
    const [real, stolen] = [run(), run()];
    const before = JSON.stringify(await ofScope("SELECT * FROM app.key WHERE $scope", scope));
    await poll(client, real);
    await poll(client, real);
    expect(await alarms(scope)).toEqual([]);
    expect((await poll(client, stolen)).body).toMatchObject({ commands: [] });
    await poll(client, real);
    expect(await alarms(scope)).toEqual([{ code: "C_DUP_AGENT" }]);
    // The thief has the aik and not the alk: heads of its own are refused, and nothing of the read model moves.
    const text = formatCheckpoint({ origin: logOrigin(domain.tid), size: 2, root: rootAt(1, log.tree.getNode) });
    const forged = await signNote(text, [SoftwareLedger.found().domain.agent.noteSigner(domain.tid)]);
    const answer = await client.post("/v1/log", { from: 2, entries: [], checkpoint: forged, proof: [] });
    expect(answer.body.code).toBe("V_SIGNATURE");
    expect(JSON.stringify(await ofScope("SELECT * FROM app.key WHERE $scope", scope))).toBe(before);
    ledger.apply(domain.propose({ act: "key.create", args: { items: [{ label: "bills", ...KEY }] } }));
    const next = { from: 2, entries: log.entries.slice(2), checkpoint: log.checkpoint(), proof: [] };
    expect((await client.post("/v1/log", next)).status).toBe(200);
  });

  test("is not suspected for restarts, however many, nor when it does not say which run it is", async () => {
    const { scope, client } = await newLinked();
    for (let restart = 0; restart < 12; restart += 1) {
      const id = run();
      await poll(client, id);
      await poll(client, id);
    }
    expect(await alarms(scope)).toEqual([]);
    const older = await newLinked();
    await poll(older.client, null);
    await poll(older.client, null);
    expect(await alarms(older.scope)).toEqual([]);
  });

  test("row 74: whose copy signed another history is shown that head, as evidence; a head that nobody signed is not", async () => {
    const { scope, ledger, client } = await newLinked();
    const { domain, log } = ledger;
    const { agent, tid } = domain;
    const text = formatCheckpoint({ origin: logOrigin(tid), size: 2, root: rootAt(1, log.tree.getNode) });
    const forked = await signNote(text, [agent.noteSigner(tid)]);
    const forged = await signNote(text, [SoftwareLedger.found().domain.agent.noteSigner(tid)]);
    const upload = (checkpoint: string) => client.post("/v1/log", { from: 2, entries: [], checkpoint, proof: [] });
    expect((await upload(forged)).body.code).toBe("V_SIGNATURE");
    expect((await client.post("/v1/log/state", {})).body.others).toEqual([]);
    expect((await upload(forked)).body.code).toBe("V_ROOT");
    const { body } = await client.post("/v1/log/state", {});
    expect(body.others).toEqual([forked]);
    expect(body.checkpoint).toContain(log.checkpoint().split("\n\n")[0]);
    expect(await alarms(scope)).toEqual([{ code: "V_SIGNATURE" }, { code: "V_ROOT" }]);
  });
});
