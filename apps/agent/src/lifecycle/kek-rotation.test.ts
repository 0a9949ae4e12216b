import { spawn } from "node:child_process";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { kekNumberOf, wrapKeyMaterial } from "@holdfast/crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Agent } from "../agent.ts";
import type { Domain } from "../domain.ts";
import { sealRow } from "../keystore/row.ts";
import type { StoredRow } from "../keystore/store.ts";
import { silentLogger } from "../logger.ts";
import { openTestDomain, type TestDomain } from "../operations/testing/open-test-domain.ts";
import { KEK_FAULT_POINTS } from "./fault-point-names.ts";

const PROCESS = fileURLToPath(new URL("./testing/rotate-kek-process.ts", import.meta.url));

let domain: TestDomain;
let again: Agent | null = null;
beforeEach(async () => {
  domain = await openTestDomain();
});
afterEach(async () => {
  await again?.close();
  again = null;
  await domain.close();
});

/** The numbers of the key-encryption keys that material is under. */
const under = (store: Domain["store"]) => [...store.rows("key_version")].map(({ body }) => kekNumberOf(body));
const kekRows = (store: Domain["store"]) => [...store.rows("kek")].map(({ id }) => Number(id));

/** Every key's material, by what only that material gives. */
const kcvs = ({ keystore }: Pick<Domain, "keystore">): Record<string, (string | null)[]> =>
  Object.fromEntries(
    [...keystore.keys()].map(({ id, versions }) => [
      id,
      versions.map(({ version }) => keystore.handle(id, version).checkValue()),
    ]),
  );

/** Closes the agent, does something to its disk, and opens it again. */
async function reopen(meanwhile: (store: DatabaseSync) => void = () => undefined): Promise<Domain> {
  await domain.agent.close();
  edit(meanwhile);
  again = await Agent.open({ dataDirectory: domain.dataDirectory, pageOrigin: null, logger: silentLogger });
  return again.domain ?? expect.unreachable();
}

function edit(work: (store: DatabaseSync) => void): void {
  const store = new DatabaseSync(join(domain.dataDirectory, "agent.db"));
  work(store);
  store.close();
}

function tried(work: () => unknown): string {
  try {
    work();
    return "served";
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

describe("a rotation of the key-encryption key", () => {
  test("brings every version of every key under the new one, destroys the old one, and is in the log", async () => {
    const { store, keks } = domain;
    for (let n = 0; n < 70; n += 1) domain.createKey({ label: `key ${n}` });
    const before = kcvs(domain);
    expect(new Set(under(store))).toEqual(new Set([1]));
    expect(keks.rotate()).toMatchObject({ current: 2, rotation: { done: 0, total: 70 } });
    const during = domain.createKey();
    await keks.settled();
    expect(new Set(under(store))).toEqual(new Set([2]));
    expect([kekRows(store), keks.status()]).toMatchObject([[2], { current: 2, rotation: null, left: 0 }]);
    const fresh = await reopen();
    expect(kcvs(fresh)).toMatchObject(before);
    expect(tried(() => fresh.keystore.handle(during.id, 1))).toBe("served");
    const kinds = fresh.log.entries(0, 400).map((entry) => JSON.parse(Buffer.from(entry.leaf, "base64url").toString()));
    const ofKeks = kinds.filter(({ kind }) => kind.startsWith("kek.")).map(({ kind, data }) => [kind, data]);
    expect(ofKeks).toEqual([
      ["kek.create", { number: 2, replaces: 1 }],
      ["kek.retire", { number: 1 }],
    ]);
  });

  test("leaves the old key nowhere in the store's files", async () => {
    domain.createKey();
    const [row] = [...domain.store.rows("kek")];
    const { wrapped } = JSON.parse(Buffer.from(row?.body ?? []).toString());
    domain.keks.rotate();
    await domain.keks.settled();
    const { readFileSync, readdirSync } = await import("node:fs");
    for (const file of readdirSync(domain.dataDirectory).filter((name) => name.startsWith("agent.db")))
      expect(readFileSync(join(domain.dataDirectory, file)).includes(wrapped), file).toBe(false);
  });

  test("that is asked for while one is under way is that one", async () => {
    for (let n = 0; n < 3; n += 1) domain.createKey();
    domain.keks.rotate();
    expect(domain.keks.rotate().current).toBe(2);
    await domain.keks.settled();
    expect(domain.keks.status().current).toBe(2);
  });

  test("keeps the old one for a key whose row somebody changed, blesses nothing, and says so", async () => {
    const [kept, changed] = [domain.createKey(), domain.createKey()];
    const fresh = await reopen((store) =>
      store.prepare("UPDATE key_version SET leaf = leaf + 1 WHERE id = ?").run(`${changed.id}/1`),
    );
    fresh.keks.rotate();
    await fresh.keks.settled();
    expect(fresh.keks.status()).toMatchObject({ left: 1, keks: [{ number: 1 }, { number: 2 }] });
    expect(tried(() => fresh.keystore.handle(kept.id, 1))).toBe("served");
    expect(tried(() => fresh.keystore.handle(changed.id, 1))).toBe("E_STATE_MAC");
    expect(kekNumberOf(fresh.store.findRow("key_version", `${changed.id}/1`)?.body ?? new Uint8Array())).toBe(1);
  });
});

/** Puts the material where the first releases had it: under the root's own key-encryption key, and none beside it. */
function makeOld({ store, keystore, keys, tid }: Domain): void {
  for (const row of [...store.rows("key_version")]) {
    const [keyId = "", version] = row.id.split("/");
    const body = wrapKeyMaterial(keys.root.kek, keystore.handle(keyId, Number(version)), tid);
    store.putRow("key_version", sealRow(keys.root, "key_version", { ...row, body }));
  }
  store.removeRow("kek", "1");
}

test("a store of the first releases is brought under a key-encryption key of its own at its first start", async () => {
  for (let n = 0; n < 5; n += 1) domain.createKey();
  const before = kcvs(domain);
  makeOld(domain);
  expect(new Set(under(domain.store))).toEqual(new Set([0]));
  const fresh = await reopen();
  expect(kcvs(fresh)).toEqual(before);
  await fresh.keks.settled();
  expect([new Set(under(fresh.store)), kekRows(fresh.store)]).toEqual([new Set([1]), [1]]);
  expect(kcvs(fresh)).toEqual(before);
  expect(fresh.keystore.lockedObjects()).toEqual([]);
});

describe("a power loss", () => {
  function rotate(fault: string | null): Promise<{ signal: NodeJS.Signals | null; printed: string }> {
    const env = { ...process.env, ...(fault === null ? {} : { HOLDFAST_FAULT: fault }) };
    const child = spawn(process.execPath, [PROCESS, domain.dataDirectory], {
      env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    let printed = "";
    child.stdout.on("data", (text: Buffer) => {
      printed += text;
    });
    return new Promise((resolve) => {
      child.on("close", (_code, signal) => resolve({ signal, printed: printed.trim() }));
    });
  }

  test.each(KEK_FAULT_POINTS)(
    "at %s leaves every version under exactly one that is there, and the next start goes on",
    async (point) => {
      for (let n = 0; n < 3; n += 1) domain.createKey();
      const before = kcvs(domain);
      await domain.agent.close();
      expect(await rotate(point)).toEqual({ signal: "SIGKILL", printed: "" });
      again = await Agent.open({ dataDirectory: domain.dataDirectory, pageOrigin: null, logger: silentLogger });
      const fresh = again.domain ?? expect.unreachable();
      expect(kcvs(fresh)).toEqual(before);
      await fresh.keks.settled();
      const number = point === "kek:before-commit" ? 1 : 2;
      expect([new Set(under(fresh.store)), kekRows(fresh.store)]).toEqual([new Set([number]), [number]]);
      expect([fresh.keystore.lockedObjects(), fresh.problem]).toEqual([[], null]);
    },
  );
});

describe("key-encryption keys that somebody put in place", () => {
  const row = (id: string) => domain.store.findRow("kek", id) ?? expect.unreachable();
  const put = (store: DatabaseSync, { id, body, leaf, mac }: StoredRow) =>
    store.prepare("INSERT OR REPLACE INTO kek (id, body, leaf, mac) VALUES (?, ?, ?, ?)").run(id, body, leaf, mac);

  test("of another domain open nothing and are named, and its keys are locked", async () => {
    const key = domain.createKey();
    const other = await openTestDomain();
    const foreign = other.store.findRow("kek", "1") ?? expect.unreachable();
    await other.close();
    const fresh = await reopen((store) => put(store, foreign));
    expect(fresh.keystore.lockedObjects()).toEqual([
      { id: "kek 1", kind: "kek", code: "E_STATE_MAC" },
      { id: key.id, kind: "key", code: "E_STATE_MAC" },
    ]);
    expect(tried(() => fresh.keystore.handle(key.id, 1))).toBe("E_STATE_MAC");
    expect(tried(() => fresh.store.findRow("kek", "2"))).toBe("served");
    expect(fresh.keks.status().current).toBe(2); // what is new goes under one that is whole
  });

  test("of another number open nothing", async () => {
    const key = domain.createKey();
    domain.keks.rotate();
    const first = row("1");
    await domain.keks.settled();
    const fresh = await reopen((store) => put(store, { ...first, id: "2" }));
    expect(tried(() => fresh.keystore.handle(key.id, 1))).toBe("E_STATE_MAC");
  });

  test("that were destroyed, with the material of then, lock the key or open the same one, and nothing is new", async () => {
    const key = domain.createKey();
    const material = domain.store.findRow("key_version", `${key.id}/1`) ?? expect.unreachable();
    const first = row("1");
    domain.keks.rotate();
    await domain.keks.settled();
    const fresh = await reopen((store) => {
      put(store, first);
      store
        .prepare("UPDATE key_version SET body = ?, mac = ? WHERE id = ?")
        .run(material.body, material.mac, material.id);
    });
    expect(tried(() => fresh.keystore.handle(key.id, 1))).toBe("E_STATE_ROLLBACK");
    expect(fresh.keks.status().keks.map(({ number }) => number)).toEqual([2]);
  });

  test("or taken away lock what is under them, and the rest goes on", async () => {
    const key = domain.createKey();
    const fresh = await reopen((store) => store.exec("DELETE FROM kek"));
    expect(tried(() => fresh.keystore.handle(key.id, 1))).toBe("E_STATE_ROLLBACK");
    expect(fresh.keks.status().current).toBe(2);
  });
});
