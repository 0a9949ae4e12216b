import { listAgents, MAILBOX_ROOM, notifyMailbox, type Scope } from "@holdfast/db";
import { SoftwareLedger } from "@holdfast/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { KEY, linkAgent, rowsOf, upload } from "./testing/linked-agent.ts";
import { TEST_STATUS, type TestAgent } from "./testing/test-agent.ts";
import { startTestGateway, type TestGateway } from "./testing/test-gateway.ts";

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());

const newLinked = () => linkAgent(gateway);
const rows = <Row extends object>(sql: string, scope: Scope) => rowsOf<Row>(gateway, sql, scope);

describe("the mailbox", () => {
  const propose = async (scope: Scope, ledger: SoftwareLedger, label: string) => {
    const built = ledger.domain.propose({ act: "key.create", args: { items: [{ label, ...KEY }] } });
    const { hash, doc, command } = built;
    const exp = Math.floor(Date.now() / 1000) + 3600;
    await gateway.db.withTenant(scope.tenantId, async (tx) => {
      await tx.command.create({ data: { ...scope, hash, doc, act: command.act, issued: command.issued, exp } });
      await notifyMailbox(tx, scope);
    });
    return built;
  };
  const poll = (client: TestAgent, wait: number, known: readonly string[] = [], status: object = TEST_STATUS) =>
    client.post("/v1/poll", { wait, status, known });

  test("gives nothing of another environment's", async () => {
    const [ours, theirs] = [await newLinked(), await newLinked()];
    await propose(theirs.scope, theirs.ledger, "theirs");
    expect((await poll(ours.client, 0)).body).toEqual({ commands: [], links: [], approvals: [], requests: [] });
    const woken = poll(ours.client, 0.5);
    await propose(theirs.scope, theirs.ledger, "more");
    expect((await woken).body).toEqual({ commands: [], links: [], approvals: [], requests: [] });
  });

  test("wakes a waiting agent within two seconds, and gives nothing twice to one that knows it", async () => {
    const { scope, ledger, client } = await newLinked();
    const waiting = poll(client, 25);
    const start = performance.now();
    const { hash, doc } = await propose(scope, ledger, "orders");
    const { body } = await waiting;
    expect(performance.now() - start).toBeLessThan(2_000);
    expect(body).toEqual({ commands: [{ hash, doc }], links: [], approvals: [], requests: [] });
    expect((await poll(client, 0, [hash])).body).toEqual({ commands: [], links: [], approvals: [], requests: [] });
    expect((await poll(client, 0)).body.commands).toEqual([{ hash, doc }]);
    const [row] = await rows("SELECT delivered_at IS NOT NULL AS delivered FROM app.command WHERE $scope", scope);
    expect(row).toEqual({ delivered: true });
  });

  test("row 92: of one organisation that is full takes nothing more, and every other's goes on", async () => {
    const [full, other] = [await newLinked(), await newLinked()];
    const fresh = (linked: typeof full) =>
      linked.ledger.domain.propose({ act: "key.create", args: { items: [{ label: "more", ...KEY }] } });
    const tell = (linked: typeof full, built: ReturnType<typeof fresh>, status = "open") =>
      linked.client.post("/v1/commands", {
        reports: [{ hash: built.hash, doc: built.doc, status, have: 0, need: 1 }],
      });
    const known = fresh(full);
    expect((await tell(full, known)).status).toBe(200);
    await gateway.database.query(
      "INSERT INTO app.command (tenant_id, environment_id, hash, doc, act, issued, exp) SELECT $1, $2, lpad(n::text, 43, 'x'), 'AA', 'key.create', 0, 9007199254740991 FROM generate_series(1, $3) n",
      [full.scope.tenantId, full.scope.environmentId, MAILBOX_ROOM.commands],
    );
    const counted = () => rows("SELECT count(*)::int AS n FROM app.command WHERE $scope", full.scope);
    const before = await counted();
    expect(await tell(full, fresh(full))).toMatchObject({ status: 413, body: { code: "E_LIMIT" } });
    expect(await counted()).toEqual(before);
    expect((await tell(full, known, "applied")).status).toBe(200);
    expect((await tell(other, fresh(other))).status).toBe(200);
    const proposed = await propose(other.scope, other.ledger, "orders");
    expect((await poll(other.client, 0)).body.commands).toContainEqual({ hash: proposed.hash, doc: proposed.doc });
  });

  test("notes what the agent says of itself, and refuses what is no such thing", async () => {
    const { scope, client } = await newLinked();
    await poll(client, 0, [], { ...TEST_STATUS, locked: true, keys: 4 });
    const [row] = await rows(
      "SELECT name, unseal_method, is_locked, key_count, last_seen_at > now() - interval '1 minute' AS seen FROM app.agent WHERE $scope",
      scope,
    );
    expect(row).toEqual({ name: "alpha", unseal_method: "file", is_locked: true, key_count: 4, seen: true });
    for (const status of [{}, { ...TEST_STATUS, passphrase: "x" }, { ...TEST_STATUS, name: "a\u202eb" }]) {
      expect((await poll(client, 0, [], status)).body.code).toBe("E_SCHEMA");
    }
    expect((await poll(client, 26)).body.code).toBe("E_SCHEMA");
  });

  test("keeps what a person has to see to at an agent, kinds it does not know too, and takes no words for it", async () => {
    const { scope, client, agent } = await newLinked();
    const listed = () => gateway.db.withTenant(scope.tenantId, (tx) => listAgents(tx, scope));
    const conditions = [
      { kind: "disk.doubtful", at: 1_800_000_000, count: 3 },
      { kind: "log.problem", code: "E_LOG_ROLLBACK" },
      { kind: "later.kind" },
    ];
    const say = (status: object) => poll(client, 0, [], { ...TEST_STATUS, ...status });
    expect((await say({ conditions })).status).toBe(200);
    expect(await listed()).toMatchObject([{ aid: agent.aid, conditions }]);
    for (const lie of [
      { kind: "disk.doubtful", name: "secret-project" },
      { kind: "the disk of secret-project" },
      { kind: "disk.doubtful", code: "secret-project" },
    ])
      expect((await say({ conditions: [lie] })).body.code).toBe("E_SCHEMA");
    expect((await say({ conditions: Array(17).fill({ kind: "disk.failed" }) })).body.code).toBe("E_SCHEMA");
    expect(await listed()).toMatchObject([{ conditions }]);
    expect((await say({ conditions: null })).status).toBe(200); // an agent of before says none
    expect(await listed()).toMatchObject([{ conditions: [] }]);
  });

  test("keeps an agent's last word that it is sealed, until it is heard again", async () => {
    const { scope, client } = await newLinked();
    const sealed = () =>
      gateway.db.withTenant(scope.tenantId, async (tx) => (await listAgents(tx, scope)).map((row) => row.sealed));
    expect(await client.post("/v1/status", { status: { ...TEST_STATUS, sealed: true } })).toEqual({
      status: 200,
      body: {},
    });
    expect(await sealed()).toEqual([true]);
    expect((await client.post("/v1/status", { status: { sealed: true } })).body.code).toBe("E_SCHEMA");
    await poll(client, 0);
    expect(await sealed()).toEqual([false]);
  });

  test("shows partial approvals and commands proposed at the agent, and never opens what is decided", async () => {
    const linked = await newLinked();
    const { scope, ledger, client } = linked;
    await upload(linked);
    const built = ledger.domain.propose({ act: "key.create", args: { items: [{ label: "cli", ...KEY }] } });
    const { hash, doc } = built;
    const report = (facts: object) => client.post("/v1/commands", { reports: [{ hash, have: 1, need: 2, ...facts }] });
    const row = async () => (await rows("SELECT status, have, need, code FROM app.command WHERE $scope", scope))[0];
    expect((await report({ status: "open" })).status).toBe(200);
    expect(await row()).toBeUndefined();
    await report({ status: "open", doc });
    expect(await row()).toEqual({ status: "open", have: 1, need: 2, code: null });
    await report({ status: "refused", code: "E_QUORUM" });
    await report({ status: "open", have: 0 });
    await report({ status: "applied" });
    expect(await row()).toEqual({ status: "refused", have: 1, need: 2, code: "E_QUORUM" });
    ledger.apply(built);
    await upload(linked);
    expect(await row()).toMatchObject({ status: "applied", code: null });
    expect((await report({ status: "open", doc: "AAAA" })).body.code).toBe("E_SCHEMA");
  });

  test("shows commands that waited at an agent before it was linked, and none of another domain", async () => {
    const linked = await newLinked();
    const { scope, ledger, client } = linked;
    const args = { items: [{ label: "early", ...KEY }] };
    const [early, foreign] = [ledger, SoftwareLedger.found()].map(({ domain }) =>
      domain.propose({ act: "key.create", args }),
    );
    const reportOf = (built: typeof early) => ({
      hash: built?.hash,
      doc: built?.doc,
      status: "open",
      have: 0,
      need: 1,
    });
    expect((await client.post("/v1/commands", { reports: [reportOf(early)] })).status).toBe(200);
    await upload(linked);
    expect((await client.post("/v1/commands", { reports: [reportOf(foreign)] })).body.code).toBe("E_SCHEMA");
    expect(await rows("SELECT hash FROM app.command WHERE $scope", scope)).toEqual([{ hash: early?.hash }]);
  });

  test("carries a report in parts, whole or not at all", async () => {
    const { scope, client } = await newLinked();
    const bytes = Buffer.from("%PDF-1.7 not really");
    const sha256 = Buffer.from(await crypto.subtle.digest("SHA-256", bytes)).toString("base64url");
    const begin = (digest: string) =>
      client.post("/v1/reports", {
        requestId: null,
        files: [
          { name: "report.pdf", mediaType: "application/pdf", sizeBytes: bytes.length, sha256: digest, parts: 2 },
        ],
      });
    const put = (reportId: string, n: number) =>
      client.post("/v1/reports/part", {
        reportId,
        name: "report.pdf",
        n,
        data: bytes.subarray(n * 10, n === 0 ? 10 : undefined).toString("base64url"),
      });
    const { reportId } = (await begin(sha256)).body;
    expect((await put(reportId, 1)).body).toEqual({ complete: false });
    expect((await put(reportId, 1)).body).toEqual({ complete: false });
    expect((await put(reportId, 0)).body).toEqual({ complete: true });
    expect((await put(reportId, 0)).body.code).toBe("E_NOT_FOUND");
    expect((await put(reportId, 2)).body.code).toBe("E_NOT_FOUND");
    const other = (await begin("A".repeat(43))).body.reportId;
    await put(other, 0);
    expect((await put(other, 1)).body.code).toBe("E_SCHEMA");
    expect(await rows("SELECT id FROM app.report WHERE $scope", scope)).toEqual([{ id: reportId }]);
    const stranger = await newLinked();
    const theirs = await stranger.client.post("/v1/reports/part", { reportId, name: "report.pdf", n: 0, data: "AAAA" });
    expect(theirs.body.code).toBe("E_NOT_FOUND");
  });
});
