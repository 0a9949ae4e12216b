import { connect } from "node:net";
import { listAgents, MAILBOX_ROOM, notifyMailbox, type Scope } from "@holdfast/db";
import { type Entry, encodeBase64url } from "@holdfast/protocol";
import { SoftwareAgent, SoftwareLedger } from "@holdfast/testkit";
import {
  formatCheckpoint,
  logOrigin,
  parseNote,
  parseVkey,
  rootAt,
  signNote,
  verifyCosignatures,
} from "@holdfast/tlog";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TEST_STATUS, TestAgent } from "./testing/test-agent.ts";
import { startTestGateway, type TestGateway } from "./testing/test-gateway.ts";

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());

const item = { algorithm: "AES-256", usage: ["decrypt", "encrypt"], group: "default", extractable: false } as const;
const clientOf = (agent: SoftwareAgent) =>
  new TestAgent({ aid: agent.aid, url: gateway.url, sign: (base) => agent.aik.sign(base, "raw") });

function enrolmentOf(agent: SoftwareAgent, secret: string) {
  return { secret, aid: agent.aid, aik: agent.aik.coseText, name: "alpha", version: "0.1.0" };
}

/** A founded domain whose agent is enrolled in an environment of its own. */
async function newLinked() {
  const scope = await gateway.newScope();
  const ledger = SoftwareLedger.found();
  const { agent } = ledger.domain;
  const client = clientOf(agent);
  const enrolled = await client.post("/v1/enrol", enrolmentOf(agent, await gateway.newSecret(scope)));
  expect(enrolled).toEqual({ status: 200, body: { environment: { id: scope.environmentId, name: "Production" } } });
  return { scope, ledger, client, agent };
}

/** Uploads the chain and all entries that are not there yet. */
async function upload({ ledger, client }: Pick<Awaited<ReturnType<typeof newLinked>>, "ledger" | "client">) {
  const { links, size } = (await client.post("/v1/log/state", {})).body;
  const { domain, log } = ledger;
  if (links < domain.links.length) {
    await client.post("/v1/roster", { from: links, links: domain.links.slice(links) });
  }
  return client.post("/v1/log", {
    from: size,
    entries: log.entries.slice(size),
    checkpoint: log.checkpoint(),
    proof: [],
  });
}

const createKey = (ledger: SoftwareLedger, label: string) =>
  ledger.apply(ledger.domain.propose({ act: "key.create", args: { items: [{ label, ...item }] } }));

const rows = <Row extends object>(sql: string, scope: Scope) =>
  gateway.database.query<Row & Record<string, unknown>>(
    sql.replaceAll("$scope", "tenant_id = $1 AND environment_id = $2"),
    [scope.tenantId, scope.environmentId],
  );

describe("a request", () => {
  test.each([
    ["another method in its signature", { method: "GET" }, 401, "E_SIG"],
    ["another gateway's address in its signature", { uri: "http://127.0.0.1:1/v1/log/state" }, 401, "E_SIG"],
    ["another path in its signature", { uri: "" }, 401, "E_SIG"],
    ["another body than was signed", { sent: '{"a":1}' }, 401, "E_SIG"],
    ["a digest of nothing", { digest: `sha-256=:${"A".repeat(43)}=:` }, 401, "E_SIG"],
    ["an old date", { created: Math.floor(Date.now() / 1000) - 61 }, 401, "E_CLOCK"],
    ["a date ahead", { created: Math.floor(Date.now() / 1000) + 75 }, 401, "E_CLOCK"],
    ["another agent's name", { keyid: `a_${"b".repeat(26)}` }, 401, "E_AGENT"],
    ["no signature", { headers: { signature: "" } }, 401, "E_SIG"],
    ["two signatures", { headers: { signature: "sig1=:AAAA:, sig2=:AAAA:" } }, 401, "E_SIG"],
    ["another type", { headers: { "content-type": "text/plain" } }, 400, "E_SCHEMA"],
    ["another host", { headers: { host: "evil.example" } }, 421, undefined],
  ] as const)("row 102: with %s is refused", async (_, lies, status, code) => {
    const { client } = await newLinked();
    const answer = await client.post("/v1/log/state", {}, lies);
    expect({ status: answer.status, code: answer.body.code }).toEqual({ status, code });
  });

  test("row 101: is answered once: the same bytes again are a replay", async () => {
    const { client } = await newLinked();
    const prepared = client.prepare("/v1/log/state", {});
    expect((await client.send("/v1/log/state", prepared)).status).toBe(200);
    expect((await client.send("/v1/log/state", prepared)).body.code).toBe("E_REPLAY");
  });

  test("signed by another key is refused, and its nonce is not used up by that", async () => {
    const { client, agent } = await newLinked();
    const other = new SoftwareAgent();
    const forged = new TestAgent({ aid: agent.aid, url: gateway.url, sign: (base) => other.aik.sign(base, "raw") });
    const nonce = "A".repeat(22);
    expect((await forged.post("/v1/log/state", {}, { nonce })).body.code).toBe("E_SIG");
    expect((await client.post("/v1/log/state", {}, { nonce })).status).toBe(200);
  });

  test.each([
    ["{", 400, "E_SCHEMA"],
    ["null", 400, "E_SCHEMA"],
    ["[]", 400, "E_SCHEMA"],
    ['{"more":1}', 400, "E_SCHEMA"],
    [`{"a":"${"x".repeat(1_048_577)}"}`, 413, "E_LIMIT"],
  ] as const)("whose body is %.20s gets a problem document", async (body, status, code) => {
    const { client } = await newLinked();
    const answer = await client.post("/v1/log/state", body);
    expect(answer).toMatchObject({ status, body: { status, code } });
    expect(Object.keys(answer.body)).toEqual(expect.arrayContaining(["detail", "next"]));
  });

  test("for an address that is none, and one that is no HTTP, is answered and not left hanging", async () => {
    const { client } = await newLinked();
    for (const path of ["/", "/v1", "/v1/poll/", "/v1/constructor", "/v1/log?x"]) {
      expect((await client.post(path, {})).body.code).toBe("E_NOT_FOUND");
    }
    const socket = connect(Number(new URL(gateway.url).port), "127.0.0.1");
    socket.write("\x16\x03\x01\x02\x00 this is TLS");
    const answer = await new Promise<string>((resolve) => socket.once("data", (data) => resolve(String(data))));
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe("enrolment", () => {
  test("takes an unknown, a used and an expired token for the same", async () => {
    const scope = await gateway.newScope();
    const secret = await gateway.newSecret(scope);
    const [first, second] = [new SoftwareAgent(), new SoftwareAgent()];
    const enrol = (agent: SoftwareAgent, word: string) => clientOf(agent).post("/v1/enrol", enrolmentOf(agent, word));
    expect((await enrol(first, secret)).status).toBe(200);
    expect((await enrol(first, secret)).status).toBe(200);
    const refused = [
      await enrol(second, secret),
      await enrol(second, "x".repeat(43)),
      await enrol(second, await gateway.newSecret(scope, -1)),
    ];
    for (const { status, body } of refused) expect({ status, body }).toEqual({ status: 403, body: refused[0]?.body });
    expect(refused[0]?.body.code).toBe("E_TOKEN");
    expect((await clientOf(second).post("/v1/log/state", {})).body.code).toBe("E_AGENT");
  });

  test("is by the key that the agent's id is made of", async () => {
    const [agent, other] = [new SoftwareAgent(), new SoftwareAgent()];
    const body = { ...enrolmentOf(agent, "x".repeat(43)), aik: other.aik.coseText };
    expect((await clientOf(agent).post("/v1/enrol", body)).body.code).toBe("E_SIG");
    const mine = { ...enrolmentOf(agent, "x".repeat(43)), aid: other.aid };
    expect((await clientOf(agent).post("/v1/enrol", mine)).body.code).toBe("E_SIG");
  });

  test("ends with unlinking, which leaves the history", async () => {
    const linked = await newLinked();
    await upload(linked);
    expect((await linked.client.post("/v1/unlink", {})).status).toBe(200);
    expect((await linked.client.post("/v1/log/state", {})).body.code).toBe("E_AGENT");
    expect(await rows("SELECT aid FROM app.agent WHERE $scope", linked.scope)).toEqual([]);
    expect(await rows("SELECT n FROM app.log_entry WHERE $scope", linked.scope)).toHaveLength(1);
    const { agent, scope } = linked;
    const again = await linked.client.post("/v1/enrol", enrolmentOf(agent, await gateway.newSecret(scope)));
    expect(again.status).toBe(200);
  });
});

describe("a log upload", () => {
  test("is kept as it is, shown from its states, and cosigned by a witness that anybody can verify", async () => {
    const linked = await newLinked();
    const { scope, ledger } = linked;
    createKey(ledger, "orders");
    createKey(ledger, "bills");
    const { status, body } = await upload(linked);
    expect({ status, size: body.size }).toEqual({ status: 200, size: ledger.log.size });
    const note = parseNote(ledger.log.checkpoint() + body.cosignature);
    const witness = parseVkey(gateway.witness.vkey);
    expect(await verifyCosignatures(note, [witness])).toHaveLength(1);
    expect(
      await rows("SELECT label, state, current::int, head_leaf::int FROM app.key WHERE $scope ORDER BY label", scope),
    ).toEqual([
      { label: "bills", state: "active", current: 1, head_leaf: 2 },
      { label: "orders", state: "active", current: 1, head_leaf: 1 },
    ]);
    const commands = await rows("SELECT status, entry::int, have FROM app.command WHERE $scope ORDER BY entry", scope);
    expect(commands).toEqual([
      { status: "applied", entry: 1, have: 1 },
      { status: "applied", entry: 2, have: 1 },
    ]);
    const [environment] = await gateway.database.query("SELECT tid FROM app.environment WHERE id = $1", [
      scope.environmentId,
    ]);
    expect(environment).toEqual({ tid: ledger.domain.tid });
  });

  test("goes on in parts under one head, and is cosigned when all of it is there", async () => {
    const linked = await newLinked();
    const { ledger, client } = linked;
    for (let n = 0; n < 6; n += 1) createKey(ledger, `key-${n}`);
    const { domain, log } = ledger;
    await client.post("/v1/roster", { from: 0, links: domain.links });
    for (const [from, to] of [
      [0, 3],
      [3, 4],
      [4, 7],
    ] as const) {
      const proof = to === log.size ? [] : log.consistency(to).map((hash) => encodeBase64url(hash as Uint8Array));
      const part = { from, entries: log.entries.slice(from, to), checkpoint: log.checkpoint(), proof };
      const { status, body } = await client.post("/v1/log", part);
      expect({ status, size: body.size, cosigned: body.cosignature !== null }).toEqual({
        status: 200,
        size: to,
        cosigned: to === log.size,
      });
    }
    const fresh = await client.post("/v1/log", { from: 7, entries: [], checkpoint: log.checkpoint(), proof: [] });
    expect(fresh.body.cosignature).toMatch(/^— holdfast-witness\//);
  });

  test("that does not follow what is stored is told how far that is, and changes nothing", async () => {
    const linked = await newLinked();
    await upload(linked);
    const { log } = linked.ledger;
    for (const from of [0, 2, 99]) {
      const answer = await linked.client.post("/v1/log", {
        from,
        entries: log.entries,
        checkpoint: log.checkpoint(),
        proof: [],
      });
      expect(answer).toMatchObject({ status: 409, body: { code: "E_CONFLICT", size: 1 } });
    }
    const roster = await linked.client.post("/v1/roster", { from: 0, links: linked.ledger.domain.links });
    expect(roster).toMatchObject({ status: 409, body: { links: 1 } });
  });

  test.each<
    [
      string,
      string,
      (entries: Entry[], ledger: SoftwareLedger) => Partial<{ entries: Entry[]; checkpoint: string; proof: string[] }>,
    ]
  >([
    ["an entry left out", "E_SCHEMA", (entries) => ({ entries: entries.toSpliced(1, 1) })],
    ["two entries exchanged", "E_SCHEMA", (entries) => ({ entries: entries.toReversed() })],
    ["the last entry withheld and no proof", "V_CONSISTENCY", (entries) => ({ entries: entries.slice(0, -1) })],
    [
      "another name on an entry",
      "E_COMMITMENT",
      (entries) => ({ entries: entries.map((entry, n) => (n === 1 ? renamed(entry) : entry)) }),
    ],
    ["another log's head", "V_SIGNATURE", () => ({ checkpoint: SoftwareLedger.found().log.checkpoint() })],
    [
      "a head without its signature",
      "V_MALFORMED",
      (_, { log }) => ({ checkpoint: log.checkpoint().split("\n\n")[0] ?? "" }),
    ],
  ])(
    "with %s is refused by its code, raises an alarm where it is evidence, and changes nothing",
    async (_, code, change) => {
      const { scope, ledger, client } = await newLinked();
      createKey(ledger, "orders");
      createKey(ledger, "bills");
      const { domain, log } = ledger;
      await client.post("/v1/roster", { from: 0, links: domain.links });
      const honest = { from: 0, entries: [...log.entries], checkpoint: log.checkpoint(), proof: [] };
      const answer = await client.post("/v1/log", { ...honest, ...change([...log.entries], ledger) });
      expect(answer.body.code).toBe(code);
      expect(answer.status).toBe(code === "E_SCHEMA" ? 400 : 422);
      const alarms = await rows("SELECT code FROM app.alarm WHERE $scope", scope);
      expect(alarms).toEqual(code === "E_SCHEMA" ? [] : [{ code }]);
      for (const table of ["log_entry", "log_node", "key", "checkpoint", "witness_head"]) {
        expect(await rows(`SELECT 1 FROM app.${table} WHERE $scope`, scope)).toEqual([]);
      }
      expect((await client.post("/v1/log", honest)).status).toBe(200);
    },
  );

  test("that rewrites what was cosigned is refused, kept as an alarm, and not cosigned", async () => {
    const linked = await newLinked();
    const { scope, ledger, client, agent } = linked;
    createKey(ledger, "orders");
    await upload(linked);
    const { tid } = ledger.domain;
    const { size } = ledger.log;
    const text = formatCheckpoint({ origin: logOrigin(tid), size, root: rootAt(1, ledger.log.tree.getNode) });
    const forked = await signNote(text, [agent.noteSigner(tid)]);
    const answer = await client.post("/v1/log", { from: size, entries: [], checkpoint: forked, proof: [] });
    expect(answer).toMatchObject({ status: 422, body: { code: "V_ROOT" } });
    expect(await rows("SELECT code FROM app.alarm WHERE $scope", scope)).toEqual([{ code: "V_ROOT" }]);
  });

  test("of another domain than the environment's first is refused", async () => {
    const { scope, ledger, client } = await newLinked();
    await upload({ ledger, client });
    const other = SoftwareLedger.found();
    const stranger = clientOf(other.domain.agent);
    await stranger.post("/v1/enrol", enrolmentOf(other.domain.agent, await gateway.newSecret(scope)));
    const answer = await stranger.post("/v1/roster", { from: 0, links: other.domain.links });
    expect(answer.status).toBe(409);
    const replayed = await stranger.post("/v1/roster", { from: 1, links: other.domain.links });
    expect(replayed.status).toBe(422);
    expect(await rows("SELECT seq FROM app.roster_link WHERE $scope", scope)).toHaveLength(1);
  });

  test("of a chain that does not name the agent is refused", async () => {
    const { client } = await newLinked();
    const other = SoftwareLedger.found();
    const answer = await client.post("/v1/roster", { from: 0, links: other.domain.links });
    expect(answer).toMatchObject({ status: 409, body: { code: "E_TENANT" } });
    expect(
      (await client.post("/v1/log", { from: 0, entries: [], checkpoint: other.log.checkpoint(), proof: [] })).body,
    ).toMatchObject({
      code: "E_CONFLICT",
      links: 0,
    });
  });
});

describe("the mailbox", () => {
  const propose = async (scope: Scope, ledger: SoftwareLedger, label: string) => {
    const built = ledger.domain.propose({ act: "key.create", args: { items: [{ label, ...item }] } });
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

  test("gives nothing of another environment's", async () => {
    const [ours, theirs] = [await newLinked(), await newLinked()];
    await propose(theirs.scope, theirs.ledger, "theirs");
    expect((await poll(ours.client, 0)).body).toEqual({ commands: [], links: [], approvals: [], requests: [] });
    const woken = poll(ours.client, 0.5);
    await propose(theirs.scope, theirs.ledger, "more");
    expect((await woken).body).toEqual({ commands: [], links: [], approvals: [], requests: [] });
  });

  test("row 92: of one organisation that is full takes nothing more, and every other's goes on", async () => {
    const [full, other] = [await newLinked(), await newLinked()];
    const fresh = (linked: typeof full) =>
      linked.ledger.domain.propose({ act: "key.create", args: { items: [{ label: "more", ...item }] } });
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
    const built = ledger.domain.propose({ act: "key.create", args: { items: [{ label: "cli", ...item }] } });
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
    const args = { items: [{ label: "early", ...item }] };
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

/** An entry whose opened name is another than its leaf commits to. */
function renamed(entry: Entry): Entry {
  const label = entry.opens?.label;
  return label ? { ...entry, opens: { ...entry.opens, label: { ...label, value: "other" } } } : entry;
}
