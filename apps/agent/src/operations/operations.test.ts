import { openWithKey } from "@holdfast/crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadKeystore } from "../keystore/load-keystore.ts";
import type { Grant, KeyRecord } from "../keystore/records.ts";
import type { Clock } from "../self-check/clock.ts";
import type { Caller } from "./caller.ts";
import { Operations } from "./operations.ts";
import { callerWith, outcome } from "./testing/caller-with.ts";
import { openTestDomain, type TestDomain } from "./testing/open-test-domain.ts";

/** Ten seconds into a minute, after the agent was made. */
const NOW = (Math.floor(Date.now() / 60_000) + 2) * 60 + 10;
let time = NOW;
const clock: Clock = { now: () => time, monotonic: () => (time - NOW) * 1000 };

let domain: TestDomain;
let key: KeyRecord;
let caller: Caller;
beforeEach(async () => {
  time = NOW;
  domain = await openTestDomain({ clock });
  key = domain.createKey();
  caller = await callerWith(domain, { ops: ["all"], keys: { kind: "group", id: "default" } });
});
afterEach(() => domain.close());

const bytes = (text: string) => Buffer.from(text, "utf8");
const seal = (text = "hello", aad?: Buffer) =>
  domain.operations.encrypt(caller, { name: key.id }, { plaintext: bytes(text), aad });
const open = (ciphertext: Uint8Array, aad?: Buffer, by = caller) =>
  domain.operations.decrypt(by, { ciphertext, aad }).plaintext.toString();

describe("encrypt and decrypt", () => {
  test("give back what was given, with the key's version named", () => {
    const made = seal();
    expect(made).toMatchObject({ keyId: key.id, version: 1 });
    expect(open(made.ciphertext)).toBe("hello");
    expect(openWithKey(domain.keystore.handle(key.id, 1), made.ciphertext).toString()).toBe("hello");
  });

  test("need the same associated data, and one code answers whatever is wrong with a ciphertext", () => {
    const { ciphertext } = seal("hello", bytes("row 7"));
    expect(open(ciphertext, bytes("row 7"))).toBe("hello");
    expect(outcome(() => open(ciphertext))).toBe("E_DECRYPT");
    expect(outcome(() => open(ciphertext, bytes("row 8")))).toBe("E_DECRYPT");
    for (let at = 0; at < ciphertext.length; at += 1) {
      const changed = Buffer.from(ciphertext);
      changed.writeUInt8(changed.readUInt8(at) ^ 0x10, at);
      expect(
        outcome(() => open(changed, bytes("row 7"))),
        `byte ${at}`,
      ).toBe("E_DECRYPT");
    }
    for (const length of [0, 1, 20, 48, ciphertext.length - 1])
      expect(outcome(() => open(ciphertext.subarray(0, length)))).toBe("E_DECRYPT");
  });

  test("take an empty plaintext", () => {
    expect(open(seal("").ciphertext)).toBe("");
  });

  test("go on with the old version after a rotation, and encrypt under the new one", () => {
    const before = seal();
    domain.keyTo(key.id, "key.rotate");
    expect(seal().version).toBe(2);
    expect(open(before.ciphertext)).toBe("hello");
    const moved = domain.operations.reencrypt(caller, { ciphertext: before.ciphertext, toKey: key.id });
    expect(moved.version).toBe(2);
    expect(open(moved.ciphertext)).toBe("hello");
  });
});

describe("a batch", () => {
  test("answers each item for itself and in order", () => {
    const sealed = ["a", "b", "c"].map((text) => seal(text).ciphertext);
    sealed[1]?.fill(0);
    const seen: string[] = [];
    const items = sealed.map((ciphertext) => () => ({ ciphertext }));
    domain.operations.decryptEach(caller, items, (result, refusal) => {
      seen.push(result?.plaintext.toString() ?? String((refusal as { code: string }).code));
    });
    expect(seen).toEqual(["a", "E_DECRYPT", "c"]);
  });

  test("of encryptions is refused as a whole for a key that may not", async () => {
    const stranger = await callerWith(domain, { ops: ["decrypt"], keys: { kind: "all" } });
    const each = () => expect.unreachable();
    const batch = () =>
      domain.operations.encryptEach(stranger, { name: key.id }, [() => ({ plaintext: bytes("a") })], each);
    expect(outcome(batch)).toBe("E_GRANT");
  });
});

describe("a key's state decides", () => {
  const table: [string, string[], string, string, string][] = [
    ["active", [], "ok", "ok", "ok"],
    ["suspended", ["key.suspend"], "E_KEY_STATE", "E_KEY_STATE", "ok"],
    ["resumed", ["key.suspend", "key.resume"], "ok", "ok", "ok"],
    ["deactivated", ["key.deactivate"], "E_KEY_STATE", "ok", "ok"],
    ["compromised", ["key.compromise"], "E_KEY_STATE", "ok", "ok"],
    ["destroyed", ["key.deactivate", "key.destroy"], "E_KEY_STATE", "E_KEY_STATE", "ok"],
    ["destroyed-compromised", ["key.compromise", "key.destroy"], "E_KEY_STATE", "E_KEY_STATE", "ok"],
  ];
  test.each(table)("%s", (_state, acts, encrypt, decrypt, locate) => {
    const { ciphertext } = seal();
    const other = domain.createKey({ label: "other" });
    domain.keyTo(key.id, ...acts);
    expect(
      outcome(() => seal()),
      "encrypt",
    ).toBe(encrypt);
    const dataKey = () => domain.operations.dataKey(caller, { key: key.id, bytes: 32, plaintext: false });
    expect(outcome(dataKey), "datakey").toBe(encrypt);
    expect(
      outcome(() => open(ciphertext)),
      "decrypt",
    ).toBe(decrypt);
    const away = () => domain.operations.reencrypt(caller, { ciphertext, toKey: other.id });
    expect(outcome(away), "reencrypt away").toBe(decrypt);
    const foreign = domain.operations.encrypt(caller, { name: other.id }, { plaintext: bytes("x") }).ciphertext;
    const onto = () => domain.operations.reencrypt(caller, { ciphertext: foreign, toKey: key.id });
    expect(outcome(onto), "reencrypt onto").toBe(encrypt);
    expect(
      outcome(() => domain.operations.describeKey(caller, key.id)),
      "locate",
    ).toBe(locate);
  });

  test("and its usage", () => {
    const sealing = domain.createKey({ usage: ["encrypt"] });
    const { ciphertext } = domain.operations.encrypt(caller, { name: sealing.id }, { plaintext: bytes("x") });
    expect(outcome(() => open(ciphertext))).toBe("E_KEY_USAGE");
    const opening = domain.createKey({ usage: ["decrypt"] });
    const attempt = () => domain.operations.encrypt(caller, { name: opening.id }, { plaintext: bytes("x") });
    expect(outcome(attempt)).toBe("E_KEY_USAGE");
  });
});

describe("two clients of one group", () => {
  const MAKER: Grant[] = [
    { ops: ["create"], keys: { kind: "group", id: "default" } },
    { ops: ["encrypt", "decrypt", "locate"], keys: { kind: "own" } },
  ];
  const make = (by: Caller) =>
    domain.operations.createKey(by, {
      label: "mine",
      algorithm: "AES-256",
      usage: ["encrypt", "decrypt"],
      group: "default",
      extractable: false,
    });

  test("each work with their own keys and find no sign of the other's", async () => {
    const [one, two] = [await callerWith(domain, ...MAKER), await callerWith(domain, ...MAKER)];
    const [ofOne, ofTwo] = [make(one), make(two)];
    const made = domain.operations.encrypt(one, { name: ofOne.keyId }, { plaintext: bytes("secret") });
    expect(open(made.ciphertext, undefined, one)).toBe("secret");

    const refusals = (keyId: string) => [
      captured(() => domain.operations.encrypt(two, { name: keyId }, { plaintext: bytes("x") })),
      captured(() => domain.operations.describeKey(two, keyId)),
      captured(() => domain.operations.dataKey(two, { key: keyId, bytes: 1, plaintext: true })),
    ];
    const invented = `k_${"a".repeat(26)}`;
    expect(refusals(ofOne.keyId)).toEqual(refusals(invented));
    const forged = Buffer.from(made.ciphertext);
    forged.fill(0x33, 1, 17);
    expect(captured(() => open(made.ciphertext, undefined, two))).toEqual(captured(() => open(forged, undefined, two)));
    expect(domain.operations.listKeys(two, { limit: 10 }).keys.map(({ keyId }) => keyId)).toEqual([ofTwo.keyId]);
  });

  test("a listing pages through exactly the client's keys", async () => {
    const [one, two] = [await callerWith(domain, ...MAKER), await callerWith(domain, ...MAKER)];
    const ids = Array.from({ length: 7 }, () => make(one).keyId).sort();
    make(two);
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const page = domain.operations.listKeys(one, { limit: 3, cursor });
      expect(page.keys.length).toBeLessThanOrEqual(3);
      found.push(...page.keys.map(({ keyId }) => keyId));
      cursor = page.cursor ?? undefined;
    } while (cursor !== undefined);
    expect(found).toEqual(ids);
  });
});

describe("creating", () => {
  const item = { label: "x", algorithm: "AES-256", usage: ["encrypt"], group: "default", extractable: false } as const;

  test("is in the custody log before the answer, by the client that asked", () => {
    const { keyId } = domain.operations.createKey(caller, item);
    const entry = domain.log.entries(domain.log.size - 1, 1)[0];
    const leaf = JSON.parse(Buffer.from(entry?.leaf ?? "", "base64url").toString());
    expect(leaf).toMatchObject({ kind: "key.create", subject: keyId, actor: { kind: "client", id: caller.client.id } });
  });

  test("is refused while the domain is locked; encryption goes on", () => {
    domain.apply("domain.lock", {});
    expect(outcome(() => domain.operations.createKey(caller, item))).toBe("E_LOCKED");
    expect(outcome(() => seal())).toBe("ok");
  });

  test("is bounded for each client, not for others", async () => {
    const other = await callerWith(domain, { ops: ["create"], keys: { kind: "all" } });
    const few = new Operations({ ...partsOf(domain), createRate: { perSecond: 0.001, burst: 2 } });
    const outcomes = [1, 2, 3].map(() => outcome(() => few.createKey(caller, item)));
    expect(outcomes).toEqual(["ok", "ok", "E_RATE"]);
    expect(outcome(() => few.createKey(other, item))).toBe("ok");
  });
});

describe("sealing", () => {
  test("ends every use of keys", () => {
    const { ciphertext } = seal();
    domain.keystore.close();
    expect(outcome(() => seal())).toBe("E_SEALED");
    expect(outcome(() => open(ciphertext))).toBe("E_SEALED");
  });
});

describe("a record put back in the store", () => {
  test("locks that key and that client; the rest serves", async () => {
    const other = domain.createKey({ label: "other" });
    const withdrawn = await domain.enrol("withdrawn", [{ ops: ["all"], keys: { kind: "all" } }]);
    const oldKey = domain.store.findRow("key", key.id);
    const oldClient = domain.store.findRow("client", withdrawn.id);
    if (oldKey === null || oldClient === null) return expect.unreachable();
    domain.keyTo(key.id, "key.suspend");
    domain.revoke(withdrawn.id);
    domain.store.putRow("key", oldKey);
    domain.store.putRow("client", oldClient);
    const { store, tid, index, keys } = domain;
    const keystore = loadKeystore({ store, root: keys.root, tid, index });
    const reopened = new Operations({ ...partsOf(domain), keystore });
    const plain = { plaintext: bytes("x") };
    expect(outcome(() => reopened.encrypt(caller, { name: key.id }, plain))).toBe("E_STATE_ROLLBACK");
    expect(outcome(() => reopened.identify(withdrawn.spki))).toBe("E_STATE_ROLLBACK");
    expect(outcome(() => reopened.encrypt(caller, { name: other.id }, plain))).toBe("ok");
    expect(reopened.describeKey(caller, key.id).locked).toBe("E_STATE_ROLLBACK");
  });
});

describe("the record of use", () => {
  test("is rolled into the custody log by key, client and minute, and on close", () => {
    const size = domain.log.size;
    for (let n = 0; n < 5; n += 1) open(seal("12345").ciphertext);
    expect(domain.log.size).toBe(size);
    domain.operations.flushUse();
    expect(domain.log.size).toBe(size + 1);
    const leaf = JSON.parse(Buffer.from(domain.log.entries(size, 1)[0]?.leaf ?? "", "base64url").toString());
    expect(leaf).toMatchObject({
      kind: "use",
      subject: key.id,
      actor: { kind: "client", id: caller.client.id },
      data: { minute: Math.floor(NOW / 60), ops: { encrypt: 5, decrypt: 5 }, bytes: 50 },
    });
    seal();
    domain.operations.close();
    expect(domain.keystore.usageOf(key.id)[0]?.count).toBe(11);
  });

  test("counts no refusal", () => {
    const size = domain.log.size;
    outcome(() => open(Buffer.alloc(80, 0xa1)));
    domain.keyTo(key.id, "key.suspend");
    outcome(() => seal());
    domain.operations.flushUse();
    expect(domain.log.size).toBe(size + 1); // the suspension alone
  });

  test("carries a key's encryptions on when its handle is dropped and made again", () => {
    for (let n = 0; n < 3; n += 1) seal();
    domain.operations.flushUse();
    for (let n = 0; n < 4; n += 1) seal();
    domain.keystore.dropHandles(key.id);
    seal();
    expect(domain.keystore.handle(key.id, 1).invocations).toBe(8);
  });
});

function captured(work: () => unknown): unknown {
  try {
    return work();
  } catch (refusal) {
    const { code, message, detail } = refusal as { code: string; message: string; detail: object };
    return { code, message, detail };
  }
}

function partsOf({ keystore, executor, guard, index, dataDirectory }: TestDomain) {
  const logger = { info() {}, warn() {}, error() {} };
  return { keystore, executor, guard, index, dataDirectory, logger };
}
