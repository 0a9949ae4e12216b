import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadKeystore } from "../keystore/load-keystore.ts";
import type { Caller } from "./caller.ts";
import { Operations } from "./operations.ts";
import { codeOf, EVERYTHING, enrolledCaller, newestLeaves, OPEN_KEY } from "./testing/object-client.ts";
import { openTestDomain, type TestDomain } from "./testing/open-test-domain.ts";

let domain: TestDomain;
let caller: Caller;
beforeEach(async () => {
  domain = await openTestDomain();
  caller = await enrolledCaller(domain, { ops: EVERYTHING, keys: { kind: "own" } });
});
afterEach(() => domain.close());

const seal = (id: string, bytes = 1, door = domain.operations) =>
  codeOf(() => door.encryptWith(caller, { name: id }, { params: { mode: "GCM" }, data: Buffer.alloc(bytes) }));

async function limited(unit: "byte" | "object", total: number): Promise<string> {
  return (await domain.operations.createObject(caller, { ...OPEN_KEY, limits: { unit, total } })).id;
}

const remaining = (id: string) => domain.operations.describeObject(caller, id).limits?.remaining;

describe("a key's limit", () => {
  test("lets exactly so many operations pass", async () => {
    const id = await limited("object", 3);
    expect([await seal(id), await seal(id), await seal(id), await seal(id)]).toEqual(["ok", "ok", "ok", "E_KEY_LIMIT"]);
    expect(remaining(id)).toBe(0);
  });

  test("in bytes lets exactly so many pass, and what is too large takes nothing", async () => {
    const id = await limited("byte", 1000);
    expect([await seal(id, 600), await seal(id, 401), await seal(id, 400), await seal(id, 1)]).toEqual([
      "ok",
      "E_KEY_LIMIT",
      "ok",
      "E_KEY_LIMIT",
    ]);
  });

  test("is given out in durable blocks: few entries, and a killed agent gives nothing twice", async () => {
    const id = await limited("object", 3200);
    const before = domain.log.size;
    for (let n = 0; n < 150; n += 1) await seal(id);
    expect(domain.log.size - before).toBe(2);
    expect(newestLeaves(domain, 2)).toMatchObject([{ data: { spent: 100 } }, { data: { spent: 200 } }]);
    expect(remaining(id)).toBe(3050);
    // Killed here: what was given out and not used is lost.
    const { store, keys, tid, index } = domain;
    const again = loadKeystore({ store, root: keys.root, tid, index });
    expect(again.findKey(id)?.limits).toEqual({ unit: "object", total: 3200, spent: 200 });
  });

  test("gets back what an orderly end did not use", async () => {
    const id = await limited("object", 3200);
    await seal(id);
    domain.operations.close();
    expect(domain.keystore.findKey(id)?.limits?.spent).toBe(1);
    expect(newestLeaves(domain, 2)).toContainEqual(
      expect.objectContaining({ data: expect.objectContaining({ spent: 1 }) }),
    );
    const { keystore, executor, guard, index, logger, dataDirectory } = domain;
    const next = new Operations({ keystore, executor, guard, index, logger, dataDirectory });
    expect(await seal(id, 1, next)).toBe("ok");
  });

  test("can be given out in parts for use outside, by the grant get", async () => {
    const id = await limited("byte", 1000);
    expect(domain.operations.allocateUse(caller, id, 900).limits?.remaining).toBe(100);
    expect(domain.operations.checkObject(caller, id, { amount: 100 }).refused).toEqual([]);
    expect(domain.operations.checkObject(caller, id, { amount: 101, usage: ["sign"] }).refused).toEqual([
      "usage",
      "limits",
    ]);
    expect(await codeOf(() => domain.operations.allocateUse(caller, id, 101))).toBe("E_KEY_LIMIT");
    expect(domain.keystore.findKey(id)?.limits?.spent).toBeGreaterThanOrEqual(900);
  });

  test("bounds signing and authenticating too, and no opening", async () => {
    const { id } = await domain.operations.createObject(caller, {
      ...{ algorithm: "HMAC-SHA256", usage: ["mac", "verifymac"], dates: { activation: "now" } },
      limits: { unit: "object", total: 1 },
    });
    const request = { params: { algorithm: "HMAC" }, data: Buffer.from("x") } as const;
    const { mac } = domain.operations.mac(caller, { name: id }, request);
    expect(await codeOf(() => domain.operations.mac(caller, { name: id }, request))).toBe("E_KEY_LIMIT");
    for (let n = 0; n < 3; n += 1)
      expect(domain.operations.verifyMac(caller, { name: id }, { ...request, mac }).valid).toBe(true);
  });

  test("bounds encapsulating too, and no derivation", async () => {
    const limits = { unit: "object", total: 1 } as const;
    const { publicKey } = await domain.operations.createPair(caller, {
      algorithm: "ML-KEM-768",
      privateKey: { usage: ["decrypt"], dates: { activation: "now" } },
      publicKey: { usage: ["encrypt"], dates: { activation: "now" }, limits },
    });
    const object = { type: "symmetric-key", algorithm: "AES-256", usage: ["encrypt"] } as const;
    const encapsulate = () =>
      codeOf(() => domain.operations.encapsulateObject(caller, { name: publicKey.id }, { object }));
    expect([await encapsulate(), await encapsulate()]).toEqual(["ok", "E_KEY_LIMIT"]);
    const base = await domain.operations.createObject(caller, {
      ...{ algorithm: "HMAC-SHA256", usage: ["derive"], dates: { activation: "now" }, limits },
    });
    const params = { method: "HKDF", hash: "SHA-256", info: Buffer.from("x") } as const;
    const derive = () => codeOf(() => domain.operations.deriveObject(caller, { name: base.id }, { params, object }));
    expect([await derive(), await derive()]).toEqual(["ok", "ok"]);
  });

  test("cannot be raised once a part of it is spent", async () => {
    const id = await limited("object", 2);
    const raise = (total: number) =>
      codeOf(() => domain.operations.changeAttributes(caller, id, () => ({ limits: { unit: "object", total } })));
    expect(await raise(3)).toBe("ok");
    await seal(id);
    expect(await raise(1000)).toBe("E_KEY_LIMIT");
  });
});
