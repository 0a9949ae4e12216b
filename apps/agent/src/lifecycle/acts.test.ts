import { KEY_ALGORITHMS, usualUsage } from "@holdfast/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestDomain, type TestDomain } from "../operations/testing/open-test-domain.ts";

let domain: TestDomain;
beforeAll(async () => {
  domain = await openTestDomain();
});
afterAll(() => domain.close());

const act = (name: string, args: Record<string, unknown>, key?: string) =>
  domain.admission.act({ act: name, args, reason: "", wait: false, ...(key === undefined ? {} : { key }) });
const item = { label: "x", group: "default", extractable: false };

describe("administrators", () => {
  // Making RSA keys of every size takes longer than it tells.
  test.each(KEY_ALGORITHMS.filter((each) => !/^RSA-[34]/.test(each)))(
    "make keys of %s that open again",
    async (algorithm) => {
      const items = [{ ...item, algorithm, usage: [...usualUsage(algorithm)] }];
      const answer = await act("key.create", { items });
      expect(answer).toMatchObject({ outcome: "applied" });
      for (const { keyId } of answer.keys ?? []) {
        domain.keystore.dropHandles(keyId);
        expect(domain.keystore.handle(keyId, 1).keyAlgorithm).toBe(algorithm);
      }
    },
  );

  test.each(["AES-128", "AES-256-XTS", "HMAC-SHA512", "ChaCha20-Poly1305"])("rotate keys of %s", async (algorithm) => {
    const items = [{ ...item, algorithm, usage: [...usualUsage(algorithm)] }];
    const { keys: [key] = [] } = await act("key.create", { items });
    expect(await act("key.rotate", {}, key?.keyId)).toMatchObject({ outcome: "applied", keys: [{ version: 2 }] });
    expect(domain.keystore.handle(key?.keyId ?? "", 2).keyAlgorithm).toBe(algorithm);
  });

  test("do not rotate a key of a pair: its other half would not follow", async () => {
    const { keys: [key] = [] } = await act("key.create", {
      items: [{ ...item, algorithm: "Ed25519", usage: ["sign", "verify"] }],
    });
    expect(await act("key.rotate", {}, key?.keyId)).toMatchObject({ outcome: "refused", code: "E_PRESTATE" });
  });

  test("make a pair whose public key has no use of its own", async () => {
    const answer = await act("key.create", { items: [{ ...item, algorithm: "EC-P256", usage: ["sign"] }] });
    expect(answer.keys?.map(({ usage }) => usage)).toEqual([["sign"], []]);
  });

  test("are refused a use that keys of the algorithm do not have, before anybody approves it", async () => {
    const answer = await act("key.create", { items: [{ ...item, algorithm: "Ed25519", usage: ["encrypt"] }] });
    expect(answer).toMatchObject({ outcome: "refused", code: "E_ARGS" });
  });

  test.each(["   ", " x", "x ", "\u00a0", "\u3000x", "\u2800", "x\u2003"])(
    "name nothing %j, which nobody could see or tell from another",
    async (label) => {
      const good = { ...item, algorithm: "AES-256", usage: ["encrypt"] };
      const { keys: [key] = [] } = await act("key.create", { items: [good] });
      const labels = () => [...domain.keystore.keys(), ...domain.keystore.clients()].map((each) => each.label);
      const before = labels();
      const grants = [{ ops: ["encrypt"], keys: { kind: "all" } }];
      const issued = { label, auth: { kind: "issued", validitySec: 86_400 }, grants };
      for (const answer of [
        await act("key.create", { items: [good, { ...good, label }] }),
        await act("key.label", { label }, key?.keyId),
        await act("client.enrol", issued),
      ])
        expect(answer).toMatchObject({ outcome: "refused", code: "E_ARGS", what: expect.stringContaining("spaces") });
      expect(labels()).toEqual(before);
      expect(await act("key.label", { label: "é b" }, key?.keyId)).toMatchObject({ outcome: "applied" });
    },
  );

  test.each(["alias/orders", "alias/", `k_${"a".repeat(26)}`])(
    "name no key %j, which would be taken for another key's",
    async (label) => {
      const good = { ...item, algorithm: "AES-256", usage: ["encrypt"] };
      const { keys: [key] = [] } = await act("key.create", { items: [good] });
      for (const answer of [
        await act("key.create", { items: [good, { ...good, label }] }),
        await act("key.label", { label }, key?.keyId),
      ])
        expect(answer).toMatchObject({
          ...{ outcome: "refused", code: "E_ARGS" },
          ...{ what: expect.stringContaining("another key's"), next: expect.stringContaining("another name") },
        });
      expect([...domain.keystore.keys()].filter((each) => each.label === label)).toEqual([]);
      for (const name of [`the ${label}`, "k_orders", "Alias/orders"])
        expect(await act("key.label", { label: name }, key?.keyId)).toMatchObject({ outcome: "applied" });
    },
  );

  test("plan no beginning that is over, which would be at once; minutes count as now", async () => {
    const good = { ...item, algorithm: "AES-256", usage: ["encrypt"] };
    const now = Math.floor(Date.now() / 1000);
    const at = (activation: number) => act("key.create", { items: [{ ...good, activation }] });
    expect(await at(now - 3600)).toMatchObject({
      ...{ outcome: "refused", code: "E_ARGS" },
      ...{ what: expect.stringContaining("at once"), next: expect.stringContaining("Leave the date out") },
    });
    expect(await at(now - 60)).toMatchObject({ outcome: "applied", keys: [{ state: "active" }] });
    expect(await at(now + 3600)).toMatchObject({ outcome: "applied", keys: [{ state: "pre-active" }] });
  });

  test("are told of a client they changed when it last used a key", async () => {
    const { id, spki } = await domain.enrol("seen", [{ ops: ["encrypt"], keys: { kind: "all" } }]);
    const { id: name } = domain.createKey();
    const caller = { client: domain.operations.identify(spki), from: "here" };
    domain.operations.encrypt(caller, { name }, { plaintext: Buffer.from("x") });
    domain.operations.flushUse();
    const grants = [{ ops: ["decrypt"], keys: { kind: "all" } }];
    const { client } = await domain.admission.act({
      ...{ act: "client.update", client: id, args: { grants }, reason: "", wait: false },
    });
    expect(client?.lastUsedAt).toEqual(expect.any(Number));
  });

  test("move a key to a group that has not its alias", async () => {
    const named = { ...item, algorithm: "AES-256", usage: ["encrypt"], alias: "alias/one" };
    const { keys: [key] = [] } = await act("key.create", { items: [named, { ...named, group: "taken" }] });
    const id = key?.keyId ?? "";
    expect(await act("key.group", { group: "taken" }, id)).toMatchObject({ outcome: "refused", code: "E_PRESTATE" });
    expect(await act("key.group", { group: "free" }, id)).toMatchObject({
      outcome: "applied",
      keys: [{ group: "free" }],
    });
    expect(domain.keystore.findKeyByAlias("alias/one", "free")?.id).toBe(id);
    expect(domain.keystore.findKeyByAlias("alias/one")).toBeNull();
  });

  test("allow old algorithms by name, and the domain's state says which", async () => {
    await act("crypto.allow", { algorithms: ["SHA-1", "ECB"] });
    expect(domain.keystore.domain().legacy).toEqual(["ECB", "SHA-1"]);
    await act("crypto.allow", { algorithms: [] });
    expect(domain.keystore.domain().legacy).toEqual([]);
    expect(await act("crypto.allow", { algorithms: ["DES"] }).catch(({ code }) => code)).toBe("E_ARGS");
  });
});
