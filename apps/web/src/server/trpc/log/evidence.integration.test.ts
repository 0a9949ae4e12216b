import { type Db, openDb, type Scope } from "@holdfast/db";
import { makeTestDatabase, type TestDatabase } from "@holdfast/db/test-database";
import { decodeBase64url, openEntry, parseEntry, parseRosterChain, verifyRosterChain } from "@holdfast/protocol";
import { SoftwareLedger, SoftwarePasskey } from "@holdfast/testkit";
import {
  leafHash,
  logOrigin,
  openCheckpoint,
  parseNote,
  rootAt,
  verifyConsistency,
  verifyInclusion,
} from "@holdfast/tlog";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TEST_SETTINGS, TestBrowser } from "../../testing/test-browser.ts";
import { fillEnvironment } from "../../testing/test-environment.ts";

let database: TestDatabase;
let db: Db;
let browser: TestBrowser;
let scope: Scope;

const ledger = SoftwareLedger.found();
const { domain, log } = ledger;
const item = { algorithm: "AES-256", usage: ["decrypt", "encrypt"], group: "default", extractable: false } as const;
for (let n = 0; n < 9; n += 1) {
  ledger.apply(domain.propose({ act: "key.create", args: { items: [{ label: `key-${n}`, ...item }] } }));
}

beforeAll(async () => {
  database = await makeTestDatabase();
  db = await openDb(database);
  browser = new TestBrowser(db);
  await browser.signUp(new SoftwarePasskey({ rpId: "localhost", origin: TEST_SETTINGS.HOLDFAST_ORIGIN }), "Ada");
  scope = (await browser.mutate("tenant.create", { name: "Org", environmentName: "Production" })).data;
  await fillEnvironment(db, scope, ledger);
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

const hashesOf = (given: readonly string[]) => given.map((hash) => decodeBase64url(hash));

describe("what a browser gets to prove", () => {
  test("is the chain that the agent uploaded, and it verifies", async () => {
    const { data } = await browser.query("environment.chain", scope);
    const chain = await verifyRosterChain(parseRosterChain(data.chain));
    expect(chain.tid).toBe(domain.tid);
    expect(data.chain).toEqual(domain.links);
  });

  test("is the signed head as the agent signed it", async () => {
    const { data } = await browser.query("environment.head", scope);
    const head = await openCheckpoint(parseNote(data.checkpoint), logOrigin(domain.tid), [
      domain.agent.noteSigner(domain.tid).key,
    ]);
    expect({ size: head.size, root: Buffer.from(head.root).toString("base64url") }).toEqual({
      size: data.size,
      root: data.root,
    });
  });

  test("is each entry as it was uploaded, with a proof of inclusion in every size of the log", async () => {
    expect(log.size).toBeGreaterThan(9);
    for (let n = 0; n < log.size; n += 1) {
      const { data } = await browser.query("log.entry", { ...scope, n });
      expect(data).toEqual(log.entries[n]);
      const leaf = leafHash(openEntry(parseEntry(data)).bytes);
      for (let size = n + 1; size <= log.size; size += 1) {
        const { hashes } = (await browser.query("log.inclusion", { ...scope, n, size })).data;
        const root = rootAt(size, log.tree.getNode);
        expect(() => verifyInclusion({ index: n, size, leaf, root, proof: hashesOf(hashes) })).not.toThrow();
      }
    }
  });

  test("is a proof that every size of the log is the beginning of every later one", async () => {
    for (let from = 1; from <= log.size; from += 1) {
      for (let to = from; to <= log.size; to += 1) {
        const { hashes } = (await browser.query("log.consistency", { ...scope, from, to })).data;
        const claim = {
          oldSize: from,
          oldRoot: rootAt(from, log.tree.getNode),
          newSize: to,
          newRoot: rootAt(to, log.tree.getNode),
        };
        expect(() => verifyConsistency({ ...claim, proof: hashesOf(hashes) })).not.toThrow();
      }
    }
  });

  test("ends where the log ends", async () => {
    const { size } = log;
    expect((await browser.query("log.entry", { ...scope, n: size })).problem?.code).toBe("NOT_FOUND");
    expect((await browser.query("log.inclusion", { ...scope, n: 0, size: size * 4 })).problem?.code).toBe("NOT_FOUND");
    expect((await browser.query("log.inclusion", { ...scope, n: 5, size: 5 })).problem?.code).toBe("V_MALFORMED");
    expect((await browser.query("log.consistency", { ...scope, from: 9, to: 3 })).problem?.code).toBe("V_MALFORMED");
  });

  test("can be read page by page, newest first, by kind and by subject", async () => {
    const seen: number[] = [];
    let cursor: string | null = null;
    do {
      const { data } = await browser.query("log.list", { ...scope, limit: 4, ...(cursor ? { cursor } : {}) });
      seen.push(...data.rows.map((row: { n: number }) => row.n));
      cursor = data.nextCursor;
    } while (cursor);
    expect(seen).toEqual(log.entries.map(({ n }) => n).reverse());
    const kind = (await browser.query("log.list", { ...scope, kind: "genesis" })).data.rows;
    expect(kind).toEqual([log.entries[0]]);
    const [key] = (await browser.query("key.list", scope)).data.rows;
    const about = (await browser.query("log.list", { ...scope, subject: key.id })).data.rows;
    expect(about).toEqual([log.entries[key.headLeaf]]);
  });
});
