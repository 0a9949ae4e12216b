import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadKeystore } from "../keystore/load-keystore.ts";
import type { Caller } from "./caller.ts";
import { uuidOfKeyId } from "./object-uuid.ts";
import type { ObjectView } from "./object-view.ts";
import { codeOf, EVERYTHING, enrolledCaller, newestLeaves, OPEN_KEY } from "./testing/object-client.ts";
import { openTestDomain, type TestDomain } from "./testing/open-test-domain.ts";

let domain: TestDomain;
let owner: Caller;
let stranger: Caller;
let key: ObjectView;
let pair: { privateKey: ObjectView; publicKey: ObjectView };
beforeAll(async () => {
  domain = await openTestDomain();
  owner = await enrolledCaller(domain, { ops: EVERYTHING, keys: { kind: "own" } });
  stranger = await enrolledCaller(domain, { ops: EVERYTHING, keys: { kind: "own" } });
  key = await domain.operations.createObject(owner, {
    ...OPEN_KEY,
    ...{ names: [{ value: "victim", kind: "text" }], alias: "alias/victim", limits: { unit: "object", total: 10 } },
  });
  pair = await domain.operations.createPair(owner, {
    algorithm: "EC-P256",
    privateKey: { usage: ["sign", "agree"], dates: { activation: "now" } },
    publicKey: { usage: ["verify", "agree"], dates: { activation: "now" } },
  });
});
afterAll(() => domain.close());

const door = () => domain.operations;
const data = Buffer.from("x");
const NOBODY = `k_${"a".repeat(26)}`;
const sealing = { params: { mode: "GCM" }, data } as const;
const opening = { params: { mode: "GCM", iv: Buffer.alloc(12), tag: Buffer.alloc(16) }, data } as const;
const signing = { params: { scheme: "ECDSA", hash: "SHA-256" }, data } as const;
const authenticating = { params: { algorithm: "HMAC" }, data } as const;
const object = { type: "symmetric-key", algorithm: "AES-256", usage: ["encrypt"] } as const;
const derivation = { method: "HKDF", hash: "SHA-256" } as const;

/** Everything that the door does with an object that is there, by the name it is given. */
const FUNCTIONS: Record<string, (caller: Caller, name: string) => unknown> = {
  describeObject: (caller, name) => door().describeObject(caller, name),
  describeKey: (caller, name) => door().describeKey(caller, name),
  getMaterial: (caller, name) => door().getMaterial(caller, { name }),
  activateObject: (caller, name) => door().activateObject(caller, name),
  revokeObject: (caller, name) => door().revokeObject(caller, name, { to: "compromised" }),
  destroyObject: (caller, name) => door().destroyObject(caller, name),
  archiveObject: (caller, name) => door().archiveObject(caller, name),
  recoverObject: (caller, name) => door().recoverObject(caller, name),
  changeAttributes: (caller, name) => door().changeAttributes(caller, name, () => ({ attributes: { x: 1 } })),
  rekeyObject: (caller, name) => door().rekeyObject(caller, name),
  rekeyPair: (caller, name) => door().rekeyPair(caller, name),
  checkObject: (caller, name) => door().checkObject(caller, name, {}),
  allocateUse: (caller, name) => door().allocateUse(caller, name, 1),
  leaseObject: (caller, name) => door().leaseObject(caller, name),
  encrypt: (caller, name) => door().encrypt(caller, { name }, { plaintext: data }),
  encryptWith: (caller, name) => door().encryptWith(caller, { name }, sealing),
  encryptInParts: (caller, name) => door().encryptInParts(caller, { name }, sealing.params),
  decryptWith: (caller, name) => door().decryptWith(caller, { name }, opening),
  decryptInParts: (caller, name) => door().decryptInParts(caller, { name }, opening.params),
  sign: (caller, name) => door().sign(caller, { name }, signing),
  verify: (caller, name) => door().verify(caller, { name }, { ...signing, signature: data }),
  mac: (caller, name) => door().mac(caller, { name }, authenticating),
  verifyMac: (caller, name) => door().verifyMac(caller, { name }, { ...authenticating, mac: data }),
  deriveObject: (caller, name) => door().deriveObject(caller, { name }, { params: derivation, object }),
  agreeObject: (caller, name) => door().agreeObject(caller, { name }, { peer: { name }, derivation, object }),
  encapsulateObject: (caller, name) => door().encapsulateObject(caller, { name }, { object }),
  decapsulateObject: (caller, name) => door().decapsulateObject(caller, { name }, { ciphertext: data, object }),
  dataKey: (caller, name) => door().dataKey(caller, { key: name, bytes: 16, plaintext: true }),
  "unwrap under it": (caller, name) =>
    door().registerObject(caller, {
      ...{ type: "symmetric-key", algorithm: "AES-256", usage: ["encrypt"] },
      material: { wrapped: Buffer.alloc(40), under: { name, params: { mode: "KW" } }, read: "raw" },
    }),
  "wrap it": (caller, name) => door().getMaterial(caller, { name, wrapping: { name: key.id, params: { mode: "KW" } } }),
};

/** All that a refusal tells. */
async function refusalOf(work: () => unknown): Promise<unknown> {
  try {
    await work();
    return "no refusal";
  } catch (refusal) {
    const { name, code, message, detail } = refusal as Record<string, unknown>;
    return { name, code, message, detail };
  }
}

describe("another client's object", () => {
  test.each(Object.keys(FUNCTIONS))(
    "is for %s exactly as one that is not there, by every name that it has",
    async (name) => {
      const call = FUNCTIONS[name] ?? expect.unreachable();
      const absent = await refusalOf(() => call(stranger, NOBODY));
      expect(absent).toMatchObject({ code: "E_NOT_FOUND" });
      for (const victim of [
        key.id,
        uuidOfKeyId(key.id),
        "alias/victim",
        "victim",
        pair.privateKey.id,
        pair.publicKey.id,
      ])
        expect(await refusalOf(() => call(stranger, victim)), victim).toEqual(absent);
      expect(domain.keystore.findKey(key.id)).toMatchObject({ state: "active", names: [{ value: "victim" }] });
    },
  );

  test("wraps nothing and is no peer", async () => {
    const mine = await door().createPair(stranger, {
      algorithm: "EC-P256",
      privateKey: { usage: ["agree"], extractable: true, dates: { activation: "now" } },
      publicKey: { usage: ["agree"], dates: { activation: "now" } },
    });
    const wrapping = { name: key.id, params: { mode: "KW" } } as const;
    expect(await codeOf(() => door().getMaterial(stranger, { name: mine.privateKey.id, wrapping }))).toBe(
      "E_NOT_FOUND",
    );
    const agreed = door().agreeObject(
      stranger,
      { name: mine.privateKey.id },
      { peer: { name: pair.publicKey.id }, derivation, object },
    );
    expect(await codeOf(() => agreed)).toBe("E_NOT_FOUND");
  });

  test("is in no list", () => {
    expect(door().locateObjects(stranger, { name: "victim" })).toEqual({ ids: [], total: 0 });
    expect(door().locateObjects(stranger, { matches: ({ id }) => id === key.id }).total).toBe(0);
  });

  test("is never shown to the endpoint's own terms", () => {
    const shown: string[] = [];
    door().locateObjects(stranger, { matches: ({ id }) => shown.push(id) > 0 });
    expect(shown).not.toContain(key.id);
  });
});

describe("a client with one grant", () => {
  const word: Record<string, readonly string[]> = {
    describeObject: ["locate", "attributes"],
    getMaterial: ["get"],
    revokeObject: ["revoke"],
    archiveObject: ["attributes"],
    changeAttributes: ["attributes"],
    allocateUse: ["get"],
    encryptWith: ["encrypt"],
  };
  test.each(Object.entries(word))("%s needs %j and nothing else does", async (name, needed) => {
    const call = FUNCTIONS[name] ?? expect.unreachable();
    for (const operation of [
      "locate",
      "attributes",
      "get",
      "encrypt",
      "revoke",
      "destroy",
      "activate",
      "alias",
    ] as const) {
      const made = await door().createObject(owner, { ...OPEN_KEY, limits: { unit: "object", total: 5 } });
      const caller = await enrolledCaller(domain, { ops: [operation], keys: { kind: "key", id: made.id } });
      expect(await codeOf(() => call(caller, made.id)), operation).toBe(needed.includes(operation) ? "ok" : "E_GRANT");
    }
  });

  test("makes nothing that may leave without get, registers nothing without import", async () => {
    const maker = await enrolledCaller(domain, { ops: ["all"], keys: { kind: "own" } });
    expect(await codeOf(() => door().createObject(maker, OPEN_KEY))).toBe("E_GRANT");
    expect(door().mayExtract(maker, "default")).toBe(false);
    const opaque = {
      type: "opaque",
      algorithm: null,
      usage: [],
      material: { format: "raw", bytes: Buffer.from("x") },
    } as const;
    expect(await codeOf(() => door().registerObject(maker, opaque))).toBe("E_GRANT");
    expect(await codeOf(() => door().createObject(maker, { ...OPEN_KEY, extractable: false, group: "payments" }))).toBe(
      "E_GRANT",
    );
  });

  test("that was withdrawn while its request waited changes nothing and gets nothing", async () => {
    const leaver = await enrolledCaller(domain, { ops: EVERYTHING, keys: { kind: "own" } });
    const made = await door().createObject(leaver, OPEN_KEY);
    const requests = [
      door().getMaterial(leaver, { name: made.id }),
      door().destroyObject(leaver, made.id),
      door().createObject(leaver, OPEN_KEY),
    ].map((request) => codeOf(() => request));
    domain.revoke(leaver.client.id);
    expect(await Promise.all(requests)).toEqual(["E_CLIENT_REVOKED", "E_CLIENT_REVOKED", "E_CLIENT_REVOKED"]);
    expect(newestLeaves(domain, 1)[0]).toMatchObject({ kind: "client.revoke" });
  });
});

describe("at one moment", () => {
  test("a revocation and encryptions: each encryption is before it or refused", async () => {
    const { id } = await door().createObject(owner, OPEN_KEY);
    const revoked = door().revokeObject(owner, id, { to: "deactivated" });
    expect(await codeOf(() => door().encryptWith(owner, { name: id }, sealing))).toBe("ok");
    await revoked;
    expect(await codeOf(() => door().encryptWith(owner, { name: id }, sealing))).toBe("E_KEY_STATE");
  });

  test("a suspension by administrators and a release: nothing leaves that is not on record before", async () => {
    const { id } = await door().createObject(owner, OPEN_KEY);
    const released = codeOf(() => door().getMaterial(owner, { name: id }));
    domain.apply("key.suspend", {}, { kind: "key", keyId: id });
    expect(await released).toBe("E_KEY_STATE");
    expect(newestLeaves(domain, 1)[0]).toMatchObject({ kind: "key.suspend", subject: id });
  });

  test("a destruction and a release: the release is whole before it, or refused", async () => {
    const { id } = await door().createObject(owner, { ...OPEN_KEY, dates: {} });
    const outcomes = await Promise.all([
      codeOf(() => door().getMaterial(owner, { name: id })),
      codeOf(() => door().destroyObject(owner, id)),
      codeOf(() => door().getMaterial(owner, { name: id })),
    ]);
    expect(outcomes).toEqual(["ok", "ok", "E_KEY_STATE"]);
    expect(newestLeaves(domain, 2).map(({ kind }) => kind)).toEqual(["release", "key.destroy"]);
  });

  test("an encryption in parts and a revocation: no further part", async () => {
    const { id } = await door().createObject(owner, OPEN_KEY);
    const parts = door().encryptInParts(owner, { name: id }, { mode: "CBC" });
    parts.update(owner, data);
    expect(await codeOf(() => parts.update(stranger, data))).toBe("E_NOT_FOUND");
    await door().revokeObject(owner, id, { to: "compromised" });
    expect(await codeOf(() => parts.update(owner, data))).toBe("E_KEY_STATE");
    expect(await codeOf(() => parts.final(owner))).toBe("E_KEY_STATE");
  });
});

describe("wrapping", () => {
  test("takes no key that somebody else has held, no key that also decrypts, and never the key itself", async () => {
    const inner = await door().createObject(owner, OPEN_KEY);
    const brought = await door().registerObject(owner, {
      ...{
        type: "symmetric-key",
        algorithm: "AES-256",
        usage: ["wrap"],
        extractable: true,
        dates: { activation: "now" },
      },
      material: { format: "raw", bytes: Buffer.alloc(32, 7) },
    });
    const made = await door().createObject(owner, { ...OPEN_KEY, usage: ["wrap", "unwrap"], extractable: true });
    const wrapped = (name: string, by: string) =>
      door().getMaterial(owner, { name, wrapping: { name: by, params: { mode: "KW" } } });
    expect(await codeOf(() => wrapped(inner.id, brought.id))).toBe("E_WRAPPING_KEY");
    expect(await codeOf(() => wrapped(made.id, made.id))).toBe("E_WRAPPING_KEY");
    expect(await codeOf(() => wrapped(inner.id, inner.id))).toBe("E_KEY_USAGE");
    expect(await codeOf(() => door().createObject(owner, { ...OPEN_KEY, usage: ["wrap", "decrypt"] }))).toBe("E_INPUT");
    const { material } = await wrapped(inner.id, made.id);
    const again = await door().registerObject(owner, {
      ...{
        type: "symmetric-key",
        algorithm: "AES-256",
        usage: ["encrypt", "decrypt"],
        extractable: true,
        dates: { activation: "now" },
      },
      material: { wrapped: material, under: { name: made.id, params: { mode: "KW" } }, read: "raw" },
    });
    const bytes = async (name: string) => (await door().getMaterial(owner, { name })).material.toString("hex");
    expect(await bytes(again.id)).toBe(await bytes(inner.id));
  });

  test("of what is sensitive takes a key that administrators made; in clear it never leaves", async () => {
    const group = await enrolledCaller(domain, { ops: EVERYTHING, keys: { kind: "group", id: "default" } });
    const inner = await door().createObject(group, { ...OPEN_KEY, sensitive: true });
    const own = await door().createObject(group, { ...OPEN_KEY, usage: ["wrap"] });
    const trusted = domain.createKey({ usage: ["wrap"] });
    const wrapped = (by: string) =>
      door().getMaterial(group, { name: inner.id, wrapping: { name: by, params: { mode: "KWP" } } });
    expect(await codeOf(() => door().getMaterial(group, { name: inner.id }))).toBe("E_WRAPPING_KEY");
    expect(await codeOf(() => wrapped(own.id))).toBe("E_WRAPPING_KEY");
    expect(await codeOf(() => wrapped(trusted.id))).toBe("ok");
    expect(newestLeaves(domain, 1)[0]).toMatchObject({
      kind: "release",
      subject: inner.id,
      data: { under: trusted.id },
    });
  });

  test("gives nothing out that may not leave", async () => {
    const inner = await door().createObject(owner, { ...OPEN_KEY, extractable: false });
    const made = await door().createObject(owner, { ...OPEN_KEY, usage: ["wrap"] });
    const wrapping = { name: made.id, params: { mode: "KW" } } as const;
    expect(await codeOf(() => door().getMaterial(owner, { name: inner.id, wrapping }))).toBe("E_NOT_EXTRACTABLE");
  });
});

describe("what is old", () => {
  test("is refused until administrators allow it by name, and again when they no longer do", async () => {
    const { id } = await door().createObject(owner, OPEN_KEY);
    const ecb = () => codeOf(() => door().encryptWith(owner, { name: id }, { params: { mode: "ECB" }, data }));
    const triple = () => codeOf(() => door().createObject(owner, { ...OPEN_KEY, algorithm: "3DES" }));
    expect([await ecb(), await triple()]).toEqual(["E_CRYPTO_LEGACY", "E_CRYPTO_LEGACY"]);
    domain.apply("crypto.allow", { algorithms: ["ECB"] });
    expect([await ecb(), await triple()]).toEqual(["ok", "E_CRYPTO_LEGACY"]);
    domain.apply("crypto.allow", { algorithms: ["3DES"] });
    expect([await ecb(), await triple()]).toEqual(["E_CRYPTO_LEGACY", "ok"]);
    domain.apply("crypto.allow", { algorithms: [] });
    expect([await ecb(), await triple()]).toEqual(["E_CRYPTO_LEGACY", "E_CRYPTO_LEGACY"]);
  });
});

describe("an older row put back", () => {
  test("locks its object and nothing else", async () => {
    const made = await door().createObject(owner, { ...OPEN_KEY, attributes: { round: 1 } });
    const before = domain.store.findRow("key", made.id) ?? expect.unreachable();
    await door().changeAttributes(owner, made.id, () => ({ attributes: { round: 2 } }));
    domain.store.putRow("key", before);
    const { store, keys, tid, index } = domain;
    const again = loadKeystore({ store, root: keys.root, tid, index });
    expect(again.lockedObjects()).toEqual([{ id: made.id, kind: "key", code: "E_STATE_ROLLBACK" }]);
  });
});
