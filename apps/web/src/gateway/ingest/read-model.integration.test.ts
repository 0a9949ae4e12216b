import {
  countKeys,
  countWaitingLinks,
  createTenant,
  type Db,
  findClient,
  findKey,
  listAlarms,
  listLinks,
  openDb,
  type Scope,
  usesOfKey,
  uuidV7,
} from "@holdfast/db";
import { makeTestDatabase, type TestDatabase } from "@holdfast/db/test-database";
import { type KeyStateDocument, openEntry } from "@holdfast/protocol";
import { SoftwareDomain, SoftwareLedger } from "@holdfast/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { applyEntry } from "./apply-entry.ts";

const item = { algorithm: "AES-256", usage: ["decrypt", "encrypt"], group: "default", extractable: false } as const;
const DAY = 86_400;

let database: TestDatabase;
let db: Db;
let scope: Scope;
let ledger: SoftwareLedger;
let keyId: string;
let clientId: string;
let applied: number;

beforeAll(async () => {
  database = await makeTestDatabase();
  db = await openDb(database);
  const tenantId = uuidV7();
  const first = { name: "Org", accountId: uuidV7(), environmentName: "Production" };
  scope = await db.withTenant(tenantId, (tx) => createTenant(tx, tenantId, first));
  ledger = SoftwareLedger.found();
  const { domain } = ledger;
  const args = { items: [{ label: "orders", ...item, cryptoperiodSec: 90 * DAY, alias: "alias/orders" }] };
  keyId = ledger.apply(domain.propose({ act: "key.create", args })).ids[0] ?? "";
  const grants = [{ ops: ["decrypt"] as const, keys: { kind: "group" as const, id: "default" } }];
  const auth = { kind: "issued", validitySec: DAY } as const;
  clientId =
    ledger.apply(domain.propose({ act: "client.enrol", args: { label: "billing", auth, grants } })).ids[0] ?? "";
  applied = 0;
  await applyAll();
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

/** Applies what the log has grown by. */
async function applyAll(): Promise<void> {
  const entries = ledger.log.entries.slice(applied);
  await db.withTenant(scope.tenantId, async (tx) => {
    for (const entry of entries) await applyEntry(tx, scope, openEntry(entry));
  });
  applied = ledger.log.size;
}

const key = () => db.withTenant(scope.tenantId, (tx) => findKey(tx, scope, keyId));

async function act(name: "key.rotate" | "key.suspend" | "key.resume" | "key.deactivate"): Promise<number> {
  const target = { kind: "key", keyId, label: "orders", group: "default" } as const;
  const { leaf } = ledger.apply(ledger.domain.propose({ act: name, args: {}, target }));
  await applyAll();
  return leaf;
}

describe("the read model", () => {
  test("shows a new key with its names, its dates and the entry that commands have to expect", async () => {
    const created = ledger.domain.clock.now();
    expect(await key()).toMatchObject({
      label: "orders",
      alias: "alias/orders",
      state: "active",
      current: 1,
      endsAt: created + 90 * DAY,
      endedAt: null,
      headLeaf: 1,
      versions: [{ version: 1, state: "active" }],
    });
  });

  test("follows rotation, suspension and resumption, each at its own entry", async () => {
    ledger.domain.clock.advance(DAY);
    const rotated = await act("key.rotate");
    expect(await key()).toMatchObject({ current: 2, headLeaf: rotated, endsAt: ledger.domain.clock.now() + 90 * DAY });
    const suspended = await act("key.suspend");
    expect(await key()).toMatchObject({ state: "suspended", headLeaf: suspended, endsAt: null });
    expect(await db.withTenant(scope.tenantId, (tx) => countKeys(tx, scope))).toMatchObject({
      byState: { suspended: 1 },
    });
    const resumed = await act("key.resume");
    expect(await key()).toMatchObject({
      state: "active",
      headLeaf: resumed,
      versions: [{ version: 1 }, { version: 2 }],
    });
  });

  test("takes a new name without taking its entry for one that commands have to expect", async () => {
    const before = (await key())?.headLeaf;
    const target = { kind: "key", keyId, label: "orders", group: "default" } as const;
    ledger.apply(ledger.domain.propose({ act: "key.label", args: { label: "bills" }, target }));
    await applyAll();
    expect(await key()).toMatchObject({ label: "bills", alias: "alias/orders", headLeaf: before });
  });

  test("shows what has no algorithm by its type, what a client registered as its own, and both keys of a pair", async () => {
    const { domain, log, states } = ledger;
    const pair = { ...item, label: "signing", algorithm: "EC-P256", usage: ["sign", "verify"] } as const;
    const made = ledger.apply(domain.propose({ act: "key.create", args: { items: [pair] } })).ids;
    const like = states.get(keyId) as KeyStateDocument;
    const { algorithm: _, ...rest } = like;
    const id = `k_${"a".repeat(25)}e`;
    const owner = { kind: "client", id: clientId } as const;
    const kept: KeyStateDocument = {
      ...{ ...rest, id, owner, type: "secret-data", origin: "registered", usage: [], bits: 96 },
      ...{ state: "pre-active", versions: rest.versions.slice(0, 1) },
      dates: { created: domain.clock.now(), activation: 4_000_000_000 },
      limits: { unit: "object", total: 12 },
    };
    const actor = owner;
    log.append({
      kind: "key.register",
      subject: id,
      actor,
      cause: { kind: "request" },
      state: kept,
      names: { label: "pw" },
    });
    await applyAll();
    const shown = (each: string) => db.withTenant(scope.tenantId, (tx) => findKey(tx, scope, each));
    expect(await shown(id)).toMatchObject({
      ...{ algorithm: "secret-data", type: "secret-data", bits: 96, registered: true, knownVersion: 1, usage: [] },
      ...{ ownerClient: clientId, label: "pw", planned: { activation: 4_000_000_000, limit: kept.limits } },
    });
    expect(await Promise.all(made.map(async (each) => (await shown(each))?.usage))).toEqual([["sign"], ["verify"]]);
    expect(await Promise.all(made.map(async (each) => (await shown(each))?.type))).toEqual([
      "private-key",
      "public-key",
    ]);
  });

  test("adds up use by client and day", async () => {
    const minute = Math.floor(ledger.domain.clock.now() / 60);
    for (const ops of [{ encrypt: 3 }, { encrypt: 1, decrypt: 2 }]) {
      const data = { minute, ops, bytes: 100, root: "A".repeat(43) };
      ledger.log.append({
        kind: "use",
        subject: keyId,
        actor: { kind: "client", id: clientId },
        cause: { kind: "request" },
        data,
      });
    }
    await applyAll();
    const day = Math.floor(ledger.domain.clock.now() / DAY);
    const uses = await db.withTenant(scope.tenantId, (tx) => usesOfKey(tx, scope, keyId, day));
    expect(uses.get(clientId)?.count).toBe(6);
    expect((await key())?.lastUsedAt).toBe(uses.get(clientId)?.lastUsedAt);
    const client = await db.withTenant(scope.tenantId, (tx) => findClient(tx, scope, clientId));
    expect(client?.lastUsedAt).toBe((await key())?.lastUsedAt);
  });

  test("keeps what was told of a usage limit until more is told, whatever else changes", async () => {
    const limited = [...ledger.states.values()].find((state) => state.kind === "key" && state.id !== keyId);
    const state = { ...(limited as KeyStateDocument), limits: { unit: "object", total: 12 } } as const;
    const said = {
      kind: "key.attributes",
      subject: state.id,
      actor: { kind: "agent" },
      cause: { kind: "host" },
    } as const;
    const shown = () => db.withTenant(scope.tenantId, (tx) => findKey(tx, scope, state.id));
    expect((await shown())?.limitSpent).toBeNull();
    ledger.log.append({ ...said, state, data: { spent: 10 } });
    ledger.log.append({ ...said, state });
    await applyAll();
    expect(await shown()).toMatchObject({ limitSpent: 10, planned: { limit: state.limits } });
    ledger.log.append({ ...said, state, data: { spent: 9 } });
    await applyAll();
    expect((await shown())?.limitSpent).toBe(9);
  });

  test("raises an alarm for a second change that was signed for a place which had one, and for no other refusal", async () => {
    const { domain } = ledger;
    const link = domain.signLink(domain.nextRoster((roster) => ({ ...roster, notAfter: roster.notAfter - 1 })));
    const alarms = () => db.withTenant(scope.tenantId, (tx) => listAlarms(tx, scope, new Date(0)));
    ledger.recordLink("roster.refused", link, "E_LOCKED");
    await applyAll();
    expect(await alarms()).toEqual([]);
    ledger.recordLink("roster.refused", link, "E_ROSTER_SEQ", { seq: 1, conflict: true });
    await applyAll();
    expect(await alarms()).toMatchObject([{ aid: domain.agent.aid, code: "E_ROSTER_SEQ" }]);
  });

  test("shows a revoked client and a retired key as ended", async () => {
    const target = { kind: "client", client: clientId, label: "billing" } as const;
    ledger.apply(ledger.domain.propose({ act: "client.revoke", args: {}, target }));
    const retired = await act("key.deactivate");
    const client = await db.withTenant(scope.tenantId, (tx) => findClient(tx, scope, clientId));
    expect(client).toMatchObject({ label: "billing", state: "revoked", revoked: ledger.domain.clock.now() });
    expect(await key()).toMatchObject({ state: "deactivated", endedAt: ledger.domain.clock.now(), headLeaf: retired });
  });
});

describe("changes of administrators and rules", () => {
  const now = () => ledger.domain.clock.now();
  const waiting = () => db.withTenant(scope.tenantId, (tx) => countWaitingLinks(tx, scope, now()));
  const links = () => db.withTenant(scope.tenantId, (tx) => listLinks(tx, scope, now()));

  test("are what the log says of them: one that gave way to another waits no more, whoever told of it", async () => {
    const { domain } = ledger;
    const gone = domain.signLink(domain.nextRoster());
    const hash = SoftwareDomain.hashOf(gone);
    const due = domain.clock.now() + DAY;
    ledger.recordLink("roster.scheduled", gone, undefined, { seq: 1, delaySec: DAY, reason: "loosens", due });
    await applyAll();
    const row = async (of: string) => (await links()).find((each) => each.hash === of);
    expect(await row(hash)).toMatchObject({ doc: gone.doc, status: "scheduled", due });
    expect(await waiting()).toBe(1);
    domain.clock.advance(60);
    const winner = ledger.extend((roster) => roster, { waitSeconds: null });
    ledger.recordLink("roster.refused", gone, "E_ROSTER_SEQ");
    await applyAll();
    expect(await row(hash)).toMatchObject({ status: "refused", code: "E_ROSTER_SEQ" });
    expect(await row(SoftwareDomain.hashOf(winner))).toMatchObject({ status: "applied" });
    expect(await waiting()).toBe(0);
  });
});
