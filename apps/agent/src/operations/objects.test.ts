import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadKeystore } from "../keystore/load-keystore.ts";
import type { Clock } from "../self-check/clock.ts";
import type { Caller } from "./caller.ts";
import { uuidOfKeyId } from "./object-uuid.ts";
import { codeOf, EVERYTHING, enrolledCaller, newestLeaves, OPEN_KEY } from "./testing/object-client.ts";
import { openTestDomain, type TestDomain } from "./testing/open-test-domain.ts";

/** Ten seconds into a minute, after the agent was made. */
const NOW = (Math.floor(Date.now() / 60_000) + 2) * 60 + 10;
let time = NOW;
const clock: Clock = { now: () => time, monotonic: () => (time - NOW) * 1000 };

let domain: TestDomain;
let caller: Caller;
beforeEach(async () => {
  time = NOW;
  domain = await openTestDomain({ clock });
  caller = await enrolledCaller(domain, { ops: EVERYTHING, keys: { kind: "own" } });
});
afterEach(() => domain.close());

const door = () => domain.operations;
const data = Buffer.from("hello");
const gcm = { params: { mode: "GCM" }, data } as const;
const seal = (name: string) => door().encryptWith(caller, { name }, gcm);

describe("an object", () => {
  test("is found by its id, the UUID of its id, its alias, another system's identifier and its one name", async () => {
    const made = await door().createObject(caller, {
      ...OPEN_KEY,
      names: [{ value: "orders", kind: "text" }],
      alias: "alias/orders",
    });
    const brought = await door().registerObject(caller, {
      ...{ type: "opaque", algorithm: null, usage: [], foreign: ["kmip:17"] },
      material: { format: "raw", bytes: Buffer.from("kept") },
    });
    for (const name of [made.id, uuidOfKeyId(made.id), uuidOfKeyId(made.id).toUpperCase(), "alias/orders", "orders"])
      expect(door().describeObject(caller, name).id).toBe(made.id);
    expect(door().describeObject(caller, "kmip:17").id).toBe(brought.id);
  });

  test("is pre-active until it is activated, and then seals", async () => {
    const { id, state } = await door().createObject(caller, { ...OPEN_KEY, dates: {} });
    expect(state).toBe("pre-active");
    expect(await codeOf(() => seal(id))).toBe("E_KEY_STATE");
    expect((await door().activateObject(caller, id)).state).toBe("active");
    const { ciphertext, iv, tag } = seal(id);
    expect(
      door().decryptWith(caller, { name: id }, { params: { mode: "GCM", iv, tag }, data: ciphertext }).plaintext,
    ).toEqual(data);
  });

  test("is destroyed only when it is not in use, and stays as a tombstone whose name is free", async () => {
    const names = [{ value: "orders", kind: "text" }] as const;
    const { id } = await door().createObject(caller, { ...OPEN_KEY, names });
    expect(await codeOf(() => door().destroyObject(caller, id))).toBe("E_KEY_STATE");
    await door().revokeObject(caller, id, { to: "deactivated" });
    expect((await door().destroyObject(caller, id)).state).toBe("destroyed");
    expect(await codeOf(() => door().getMaterial(caller, { name: id }))).toBe("E_KEY_STATE");
    expect(await codeOf(() => door().destroyObject(caller, id))).toBe("E_KEY_STATE");
    expect((await door().createObject(caller, { ...OPEN_KEY, names })).names).toEqual(names);
    expect(domain.store.findRow("key_version", `${id}/1`)).toBeNull();
  });

  test("that was exposed remembers since when, and still opens what it protected", async () => {
    const { id } = await door().createObject(caller, OPEN_KEY);
    const revoked = await door().revokeObject(caller, id, {
      to: "compromised",
      occurred: NOW - 900,
      attributes: { note: "lost" },
    });
    expect(revoked).toMatchObject({
      state: "compromised",
      attributes: { note: "lost" },
      dates: { compromiseOccurred: NOW - 900 },
    });
    expect(await codeOf(() => door().getMaterial(caller, { name: id }))).toBe("ok");
    expect(await codeOf(() => seal(id))).toBe("E_KEY_STATE");
  });

  test("that is archived does nothing until it is recovered", async () => {
    const { id } = await door().createObject(caller, OPEN_KEY);
    expect((await door().archiveObject(caller, id)).archived).toBe(true);
    for (const work of [
      () => seal(id),
      () => door().getMaterial(caller, { name: id }),
      () => door().rekeyObject(caller, id),
    ])
      expect(await codeOf(work)).toBe("E_KEY_ARCHIVED");
    expect(door().locateObjects(caller, { archived: true }).ids).toEqual([id]);
    await door().recoverObject(caller, id);
    expect(await codeOf(() => seal(id))).toBe("ok");
  });

  test("that came from elsewhere says so, and its bytes come back as they were", async () => {
    const secret = Buffer.from("correct horse battery staple");
    const { id, origin, kcv, bits } = await door().registerObject(caller, {
      ...{ type: "secret-data", algorithm: null, usage: [], extractable: true, attributes: { "x-NETAPP-id": "7" } },
      material: { format: "raw", bytes: Buffer.from(secret) },
    });
    expect({ origin, kcv, bits }).toEqual({ origin: "registered", kcv: null, bits: secret.length * 8 });
    const { material, format, type } = await door().getMaterial(caller, { name: id });
    expect({ material, format, type }).toEqual({ material: secret, format: "raw", type: "secret-data" });
    expect(newestLeaves(domain, 3).map(({ kind }) => kind)).toEqual(["key.register", "key.attributes", "release"]);
  });
});

describe("a key pair", () => {
  test("comes whole: each key names the other, and what one signs the other verifies", async () => {
    const before = domain.log.size;
    const { privateKey, publicKey } = await door().createPair(caller, {
      algorithm: "EC-P256",
      privateKey: { usage: ["sign"], dates: { activation: "now" } },
      publicKey: { usage: ["verify"], dates: { activation: "now" } },
    });
    expect(domain.log.size).toBe(before + 2);
    expect(privateKey).toMatchObject({
      type: "private-key",
      bits: 256,
      links: [{ kind: "public-key", id: publicKey.id }],
    });
    expect(publicKey).toMatchObject({ type: "public-key", links: [{ kind: "private-key", id: privateKey.id }] });
    const params = { scheme: "ECDSA", hash: "SHA-256" } as const;
    const { signature } = door().sign(caller, { name: privateKey.id }, { params, data });
    expect(door().verify(caller, { name: publicKey.id }, { params, data, signature }).valid).toBe(true);
    expect(door().verify(caller, { name: publicKey.id }, { params, data: Buffer.from("other"), signature }).valid).toBe(
      false,
    );
    expect((await door().getMaterial(caller, { name: publicKey.id, format: "spki" })).material.length).toBeGreaterThan(
      80,
    );
    expect(await codeOf(() => door().getMaterial(caller, { name: privateKey.id }))).toBe("E_NOT_EXTRACTABLE");
  });

  test("is made anew whole, with its names", async () => {
    const settings = (value: string) => ({
      usage: ["agree"] as const,
      names: [{ value, kind: "text" }] as const,
      dates: { activation: "now" } as const,
    });
    const old = await door().createPair(caller, {
      algorithm: "X25519",
      privateKey: settings("mine"),
      publicKey: settings("yours"),
    });
    const fresh = await door().rekeyPair(caller, "mine");
    expect([fresh.privateKey.names[0]?.value, fresh.publicKey.names[0]?.value]).toEqual(["mine", "yours"]);
    expect(door().describeObject(caller, old.publicKey.id)).toMatchObject({
      names: [],
      links: [{ kind: "private-key" }, { kind: "replacement", id: fresh.publicKey.id }],
    });
  });
});

describe("a re-key", () => {
  test("moves the names to a new key and links both, in one transaction", async () => {
    const names = [{ value: "orders", kind: "text" }] as const;
    const old = await door().createObject(caller, { ...OPEN_KEY, names, attributes: { "x-site": "north" } });
    const { ciphertext, iv, tag } = seal(old.id);
    const fresh = await door().rekeyObject(caller, old.id, { attributes: { "x-round": 2 } });
    expect(fresh).toMatchObject({
      names,
      state: "active",
      attributes: { "x-site": "north", "x-round": 2 },
      links: [{ kind: "replaced", id: old.id }],
    });
    expect(door().describeObject(caller, old.id)).toMatchObject({
      names: [],
      links: [{ kind: "replacement", id: fresh.id }],
      state: "active",
    });
    expect(door().locateObjects(caller, { name: "orders" }).ids).toEqual([fresh.id]);
    expect(
      door().decryptWith(caller, { name: old.id }, { params: { mode: "GCM", iv, tag }, data: ciphertext }).plaintext,
    ).toEqual(data);
  });

  test("of one key twice at once succeeds once: the names have gone by then", async () => {
    const { id } = await door().createObject(caller, { ...OPEN_KEY, names: [{ value: "orders", kind: "text" }] });
    const outcomes = await Promise.all([1, 2].map(() => codeOf(() => door().rekeyObject(caller, id))));
    expect(outcomes).toEqual(["ok", "E_NAME_TAKEN"]);
    expect(door().locateObjects(caller, { name: "orders" }).total).toBe(1);
  });
});

describe("a derived key", () => {
  test("follows from its base, belongs to the base's owner and never leaves where the base does not", async () => {
    const base = await door().createObject(caller, {
      algorithm: "HMAC-SHA256",
      usage: ["derive"],
      dates: { activation: "now" },
    });
    const params = { method: "HKDF", hash: "SHA-256", info: Buffer.from("orders") } as const;
    const object = {
      type: "symmetric-key",
      algorithm: "AES-256",
      usage: ["encrypt", "decrypt"],
      dates: { activation: "now" },
    } as const;
    const one = await door().deriveObject(caller, { name: base.id }, { params, object });
    const two = await door().deriveObject(caller, { name: base.id }, { params, object });
    const { ciphertext, iv, tag } = seal(one.id);
    expect(
      door().decryptWith(caller, { name: two.id }, { params: { mode: "GCM", iv, tag }, data: ciphertext }).plaintext,
    ).toEqual(data);
    expect(one.links).toEqual([{ kind: "derivation-base", id: base.id }]);
    expect(door().describeObject(caller, base.id).links).toEqual([one, two].map(({ id }) => ({ kind: "derived", id })));
    const open = { ...object, extractable: true };
    expect(await codeOf(() => door().deriveObject(caller, { name: base.id }, { params, object: open }))).toBe(
      "E_NOT_EXTRACTABLE",
    );
  });

  test("is agreed on by both sides", async () => {
    const pair = () => {
      const settings = { usage: ["agree"], dates: { activation: "now" } } as const;
      return door().createPair(caller, { algorithm: "X25519", privateKey: settings, publicKey: settings });
    };
    const [alice, bob] = [await pair(), await pair()];
    const derivation = { method: "HKDF", hash: "SHA-256" } as const;
    const object = {
      type: "symmetric-key",
      algorithm: "AES-256",
      usage: ["encrypt", "decrypt"],
      dates: { activation: "now" },
    } as const;
    const mine = await door().agreeObject(
      caller,
      { name: alice.privateKey.id },
      { peer: { name: bob.publicKey.id }, derivation, object },
    );
    const bytes = (await door().getMaterial(caller, { name: alice.publicKey.id, format: "spki" })).material;
    const yours = await door().agreeObject(
      caller,
      { name: bob.privateKey.id },
      { peer: { bytes, format: "spki" }, derivation, object },
    );
    const { ciphertext, iv, tag } = seal(mine.id);
    expect(
      door().decryptWith(caller, { name: yours.id }, { params: { mode: "GCM", iv, tag }, data: ciphertext }).plaintext,
    ).toEqual(data);
  });

  test("is encapsulated to a public key and opened with the private one", async () => {
    const { privateKey, publicKey } = await door().createPair(caller, {
      algorithm: "ML-KEM-768",
      privateKey: { usage: ["decrypt"], dates: { activation: "now" } },
      publicKey: { usage: ["encrypt"], dates: { activation: "now" } },
    });
    const object = {
      type: "symmetric-key",
      algorithm: "AES-256",
      usage: ["encrypt", "decrypt"],
      dates: { activation: "now" },
    } as const;
    const sent = await door().encapsulateObject(caller, { name: publicKey.id }, { object });
    const got = await door().decapsulateObject(
      caller,
      { name: privateKey.id },
      { ciphertext: sent.ciphertext, object },
    );
    const { ciphertext, iv, tag } = seal(sent.object.id);
    expect(
      door().decryptWith(caller, { name: got.id }, { params: { mode: "GCM", iv, tag }, data: ciphertext }).plaintext,
    ).toEqual(data);
  });
});

describe("a planned date", () => {
  test("activates and deactivates by itself, on record as the agent's own step", async () => {
    const { id } = await door().createObject(caller, {
      ...OPEN_KEY,
      dates: { activation: NOW + 60, deactivation: NOW + 120 },
    });
    expect(await codeOf(() => seal(id))).toBe("E_KEY_STATE");
    time = NOW + 61;
    await waitForClock();
    expect(await codeOf(() => seal(id))).toBe("ok");
    expect(newestLeaves(domain, 1)[0]).toMatchObject({
      kind: "key.activate",
      subject: id,
      actor: { kind: "agent" },
      cause: { kind: "host" },
    });
    time = NOW + 121;
    await waitForClock();
    door().sweep();
    expect(domain.keystore.findKey(id)).toMatchObject({ state: "deactivated", dates: { deactivated: NOW + 121 } });
    expect([...domain.keystore.planned()]).toEqual([]);
  });

  test("of the end never comes before that of the beginning, when it is made and when it is changed", async () => {
    const backwards = { activation: NOW + 120, deactivation: NOW + 60 };
    expect(await codeOf(() => door().createObject(caller, { ...OPEN_KEY, dates: backwards }))).toBe("E_INPUT");
    const dates = { activation: NOW + 60, deactivation: NOW + 60 };
    const { id } = await door().createObject(caller, { ...OPEN_KEY, dates });
    const change = (wanted: object) => codeOf(() => door().changeAttributes(caller, id, () => ({ dates: wanted })));
    expect(await change({ deactivation: NOW + 59 })).toBe("E_INPUT");
    expect(await change({ activation: NOW + 61 })).toBe("E_INPUT");
    expect(await change({ activation: NOW + 61, deactivation: NOW + 61 })).toBe("ok");
  });

  test("in the past makes the object active at once, and says what was asked for", async () => {
    const made = await door().createObject(caller, { ...OPEN_KEY, dates: { activation: NOW - 3600 } });
    expect(made).toMatchObject({ state: "active", dates: { activation: NOW - 3600, activated: NOW } });
  });

  test("holds where its step cannot be written: a locked domain activates nothing, and deactivates all the same", async () => {
    const dates = { activation: NOW + 60 } as const;
    const waits = await door().createObject(caller, { ...OPEN_KEY, dates });
    const ends = await door().createObject(caller, {
      ...OPEN_KEY,
      dates: { activation: "now", deactivation: NOW + 60 },
    });
    domain.apply("domain.lock", {});
    time = NOW + 61;
    await waitForClock();
    expect(await codeOf(() => seal(waits.id))).toBe("E_KEY_STATE");
    expect(await codeOf(() => seal(ends.id))).toBe("E_KEY_STATE");
    expect(domain.keystore.findKey(waits.id)?.state).toBe("pre-active");
    expect(domain.keystore.findKey(ends.id)?.state).toBe("deactivated");
  });

  test("bounds protecting and processing inside the active time", async () => {
    const made = await door().createObject(caller, {
      ...OPEN_KEY,
      dates: { activation: "now", processStart: NOW + 60, protectStop: NOW + 60 },
    });
    const { ciphertext, iv, tag } = seal(made.id);
    const opened = () =>
      door().decryptWith(caller, { name: made.id }, { params: { mode: "GCM", iv, tag }, data: ciphertext });
    expect(await codeOf(opened)).toBe("E_KEY_STATE");
    time = NOW + 60;
    await waitForClock();
    expect(await codeOf(opened)).toBe("ok");
    expect(await codeOf(() => seal(made.id))).toBe("E_KEY_STATE");
  });
});

/** The door reads its clock anew four times a second. */
const waitForClock = () => new Promise((resolve) => setTimeout(resolve, 260));

describe("attributes", () => {
  test("are changed on what stands at that moment, one after the other", async () => {
    const { id } = await door().createObject(caller, OPEN_KEY);
    const count = () =>
      door().changeAttributes(caller, id, ({ attributes }) => ({
        attributes: { ...attributes, n: Number(attributes["n"] ?? 0) + 1 },
      }));
    await Promise.all([count(), count(), count()]);
    expect(door().describeObject(caller, id).attributes).toMatchObject({ n: 3 });
  });

  test("leave the head where it was, so that no command is overtaken by them, and their hash in the log", async () => {
    const { id } = await door().createObject(caller, OPEN_KEY);
    const { leaf } = domain.keystore.findKey(id) ?? expect.unreachable();
    await door().changeAttributes(caller, id, () => ({ attributes: { "x-Vendor": "VMware" } }));
    expect(domain.keystore.findKey(id)?.leaf).toBe(leaf);
    const [entry] = newestLeaves(domain, 1);
    expect(entry).toMatchObject({ kind: "key.attributes", data: { bag: expect.stringMatching(/^[\w-]{43}$/) } });
    expect(JSON.stringify(entry)).not.toContain("VMware");
  });

  test("take a name only if no object that the client sees has it; another client's name is not told", async () => {
    const other = await enrolledCaller(domain, { ops: EVERYTHING, keys: { kind: "own" } });
    const names = [{ value: "orders", kind: "text" }] as const;
    await door().createObject(caller, { ...OPEN_KEY, names });
    expect(await codeOf(() => door().createObject(other, { ...OPEN_KEY, names }))).toBe("ok");
    expect(await codeOf(() => door().createObject(caller, { ...OPEN_KEY, names }))).toBe("E_NAME_TAKEN");
    const { id } = await door().createObject(caller, OPEN_KEY);
    expect(await codeOf(() => door().changeAttributes(caller, id, () => ({ names })))).toBe("E_NAME_TAKEN");
  });

  test.each(["alias/orders", " alias/orders", `k_${"a".repeat(26)}`, `k_${"a".repeat(26)}${" ".repeat(100)}x`])(
    "take no name %j, which would be taken for another key's, nor does a key get it by such a one",
    async (value) => {
      const names = [{ value, kind: "text" }] as const;
      const { id } = await door().createObject(caller, OPEN_KEY);
      const outcomes = [
        await codeOf(() => door().createObject(caller, { ...OPEN_KEY, names })),
        await codeOf(() => door().changeAttributes(caller, id, () => ({ names }))),
        await codeOf(() => door().createObject(caller, { ...OPEN_KEY, label: value.trim() })),
      ];
      const poses = value.endsWith("x") ? ["ok", "E_NAME_TAKEN", "E_INPUT"] : ["E_INPUT", "E_INPUT", "E_INPUT"];
      expect(outcomes).toEqual(poses);
      const labels = [...domain.keystore.keys()].map(({ label }) => label);
      expect(labels.filter((label) => /^(alias\/|k_a{26}$)/.test(label))).toEqual([]);
    },
  );

  test("race for one name: one gets it", async () => {
    const names = [{ value: "orders", kind: "text" }] as const;
    const { id } = await door().createObject(caller, OPEN_KEY);
    const outcomes = await Promise.all([
      codeOf(() => door().createObject(caller, { ...OPEN_KEY, names })),
      codeOf(() => door().createObject(caller, { ...OPEN_KEY, names })),
      codeOf(() => door().changeAttributes(caller, id, () => ({ names }))),
    ]);
    expect(outcomes).toEqual(["ok", "E_NAME_TAKEN", "E_NAME_TAKEN"]);
  });

  test("plan dates only while they are still to come, and by the grants of the steps that they take", async () => {
    const { id } = await door().createObject(caller, { ...OPEN_KEY, dates: {} });
    await door().changeAttributes(caller, id, () => ({ dates: { activation: NOW - 1 } }));
    expect(door().describeObject(caller, id).state).toBe("active");
    expect(await codeOf(() => seal(id))).toBe("ok");
    expect(await codeOf(() => door().changeAttributes(caller, id, () => ({ dates: { activation: NOW + 1 } })))).toBe(
      "E_KEY_STATE",
    );
    const teller = await enrolledCaller(domain, { ops: ["attributes"], keys: { kind: "all" } });
    expect(await codeOf(() => door().changeAttributes(teller, id, () => ({ dates: { deactivation: NOW + 1 } })))).toBe(
      "E_GRANT",
    );
    expect(await codeOf(() => door().changeAttributes(teller, id, () => ({ attributes: { x: 1 } })))).toBe("ok");
  });
});

describe("a locate", () => {
  test("finds by type, state, name, group and the endpoint's own terms, newest first, in pages", async () => {
    const ids: string[] = [];
    for (const site of ["north", "south", "north"])
      ids.unshift((await door().createObject(caller, { ...OPEN_KEY, attributes: { site } })).id);
    const query = { types: ["symmetric-key"], state: "active", group: "default" } as const;
    expect(door().locateObjects(caller, query)).toEqual({ ids, total: 3 });
    expect(door().locateObjects(caller, { ...query, offset: 1, maximum: 1 })).toEqual({ ids: [ids[1]], total: 3 });
    expect(door().locateObjects(caller, { matches: ({ attributes }) => attributes["site"] === "north" }).ids).toEqual([
      ids[0],
      ids[2],
    ]);
    expect(door().locateObjects(caller, { types: ["opaque"] }).ids).toEqual([]);
    expect(door().locateObjects(caller, { name: "nobody" }).ids).toEqual([]);
  });
});

describe("records", () => {
  test("of every kind are the same after a restart", async () => {
    await door().createPair(caller, {
      algorithm: "RSA-2048",
      privateKey: { usage: ["sign"], extractable: true },
      publicKey: { usage: ["verify"] },
    });
    await door().registerObject(caller, {
      ...{
        type: "opaque",
        algorithm: null,
        usage: [],
        names: [{ value: "kept", kind: "uri" }],
        attributes: { deep: [{ a: 1 }] },
      },
      ...{
        limits: { unit: "byte", total: 100 },
        material: { format: "raw", bytes: Buffer.from("x") },
        foreign: ["kmip:1"],
      },
    });
    const before = [...domain.keystore.keys()].sort((a, b) => a.id.localeCompare(b.id));
    const { store, keys, tid, index } = domain;
    const again = loadKeystore({ store, root: keys.root, tid, index });
    expect(again.lockedObjects()).toEqual([]);
    expect([...again.keys()].sort((a, b) => a.id.localeCompare(b.id))).toEqual(before);
    expect(again.findKeyByForeignId("kmip:1")?.names).toEqual([{ value: "kept", kind: "uri" }]);
  });
});
