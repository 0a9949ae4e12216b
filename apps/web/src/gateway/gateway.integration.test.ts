import { connect } from "node:net";
import type { Scope } from "@holdfast/db";
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
import { clientOf, enrolmentOf, KEY, linkAgent, rowsOf, upload } from "./testing/linked-agent.ts";
import { TestAgent } from "./testing/test-agent.ts";
import { startTestGateway, type TestGateway } from "./testing/test-gateway.ts";

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());

const newLinked = () => linkAgent(gateway);
const rows = <Row extends object>(sql: string, scope: Scope) => rowsOf<Row>(gateway, sql, scope);

const createKey = (ledger: SoftwareLedger, label: string) =>
  ledger.apply(ledger.domain.propose({ act: "key.create", args: { items: [{ label, ...KEY }] } }));

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
  test("is answered with the environment that the token is of", async () => {
    const scope = await gateway.newScope();
    const { agent } = SoftwareLedger.found().domain;
    const answer = await clientOf(gateway, agent).post("/v1/enrol", enrolmentOf(agent, await gateway.newSecret(scope)));
    expect(answer).toEqual({ status: 200, body: { environment: { id: scope.environmentId, name: "Production" } } });
  });

  test("takes an unknown, a used and an expired token for the same", async () => {
    const scope = await gateway.newScope();
    const secret = await gateway.newSecret(scope);
    const [first, second] = [new SoftwareAgent(), new SoftwareAgent()];
    const enrol = (agent: SoftwareAgent, word: string) =>
      clientOf(gateway, agent).post("/v1/enrol", enrolmentOf(agent, word));
    expect((await enrol(first, secret)).status).toBe(200);
    expect((await enrol(first, secret)).status).toBe(200);
    const refused = [
      await enrol(second, secret),
      await enrol(second, "x".repeat(43)),
      await enrol(second, await gateway.newSecret(scope, -1)),
    ];
    for (const { status, body } of refused) expect({ status, body }).toEqual({ status: 403, body: refused[0]?.body });
    expect(refused[0]?.body.code).toBe("E_TOKEN");
    expect((await clientOf(gateway, second).post("/v1/log/state", {})).body.code).toBe("E_AGENT");
  });

  test("is by the key that the agent's id is made of", async () => {
    const [agent, other] = [new SoftwareAgent(), new SoftwareAgent()];
    const body = { ...enrolmentOf(agent, "x".repeat(43)), aik: other.aik.coseText };
    expect((await clientOf(gateway, agent).post("/v1/enrol", body)).body.code).toBe("E_SIG");
    const mine = { ...enrolmentOf(agent, "x".repeat(43)), aid: other.aid };
    expect((await clientOf(gateway, agent).post("/v1/enrol", mine)).body.code).toBe("E_SIG");
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
    const stranger = clientOf(gateway, other.domain.agent);
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

/** An entry whose opened name is another than its leaf commits to. */
function renamed(entry: Entry): Entry {
  const label = entry.opens?.label;
  return label ? { ...entry, opens: { ...entry.opens, label: { ...label, value: "other" } } } : entry;
}
