import { GRANT_OPERATIONS, type GrantOperation, type GrantSelector } from "@holdfast/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { KeyRecord } from "../keystore/records.ts";
import type { Caller } from "./caller.ts";
import { callerWith, outcome } from "./testing/caller-with.ts";
import { openTestDomain, type TestDomain } from "./testing/open-test-domain.ts";

let domain: TestDomain;
let inDefault: KeyRecord;
let inPayments: KeyRecord;
beforeAll(async () => {
  domain = await openTestDomain();
  inDefault = domain.createKey();
  inPayments = domain.createKey({ group: "payments", alias: "alias/cards" });
});
afterAll(() => domain.close());

const on = (kind: "all" | "own"): GrantSelector => ({ kind });
const group = (id: string): GrantSelector => ({ kind: "group", id });
const key = (id: string): GrantSelector => ({ kind: "key", id });

const plain = { plaintext: Buffer.from("x") };

describe("a grant selects keys", () => {
  const table: [string, () => GrantSelector, string, string][] = [
    ["on all: every key", () => on("all"), "ok", "ok"],
    ["on group:default: that group's", () => group("default"), "ok", "E_NOT_FOUND"],
    ["on group:payments: that group's", () => group("payments"), "E_NOT_FOUND", "ok"],
    ["on key:ID: that key", () => key(inPayments.id), "E_NOT_FOUND", "ok"],
    ["on own: not the domain's", () => on("own"), "E_NOT_FOUND", "E_NOT_FOUND"],
    ["on another group: none", () => group("other"), "E_NOT_FOUND", "E_NOT_FOUND"],
  ];
  test.each(table)("%s", async (_title, selector, first, second) => {
    const caller = await callerWith(domain, { ops: ["encrypt"], keys: selector() });
    expect(outcome(() => domain.operations.encrypt(caller, { name: inDefault.id }, plain))).toBe(first);
    expect(outcome(() => domain.operations.encrypt(caller, { name: inPayments.id }, plain))).toBe(second);
  });
});

describe("a grant permits operations", () => {
  const attempts: Record<string, (caller: Caller) => unknown> = {
    encrypt: (caller) => domain.operations.encrypt(caller, { name: inDefault.id }, plain),
    datakey: (caller) => domain.operations.dataKey(caller, { key: inDefault.id, bytes: 32, plaintext: true }),
    locate: (caller) => domain.operations.describeKey(caller, inDefault.id),
    list: (caller) => domain.operations.listKeys(caller, { limit: 10 }),
    random: (caller) => domain.operations.random(caller, 8),
    create: (caller) =>
      domain.operations.createKey(caller, {
        label: "made",
        algorithm: "AES-256",
        usage: ["encrypt"],
        group: "default",
        extractable: false,
      }),
  };
  const needs: Record<string, GrantOperation> = { datakey: "encrypt", list: "locate" };

  test.each(Object.keys(attempts))("%s by its own word and by all, by no other", async (name) => {
    const needed = needs[name] ?? (name as GrantOperation);
    for (const operation of GRANT_OPERATIONS) {
      const caller = await callerWith(domain, { ops: [operation], keys: on("all") });
      const expected = operation === needed || operation === "all" ? ["ok"] : ["E_GRANT", "E_NOT_FOUND"];
      expect(expected, `${operation} → ${name}`).toContain(outcome(() => attempts[name]?.(caller)));
    }
  });

  test("all implies no alias and no get at creation", async () => {
    const item = { label: "x", algorithm: "AES-256", usage: ["encrypt"], group: "default" } as const;
    const all = await callerWith(domain, { ops: ["all"], keys: on("all") });
    const create = (caller: Caller, more: object) =>
      outcome(() => domain.operations.createKey(caller, { ...item, extractable: false, ...more }));
    expect(create(all, { alias: "alias/x" })).toBe("E_GRANT");
    expect(create(all, { extractable: true })).toBe("E_GRANT");
    const more = await callerWith(domain, { ops: ["all", "alias", "get"], keys: on("all") });
    expect(create(more, { alias: "alias/x", extractable: true })).toBe("ok");
  });

  test("create in the group granted, and on own in the default group only", async () => {
    const create = (caller: Caller, name: string) =>
      outcome(() =>
        domain.operations.createKey(caller, {
          label: "x",
          algorithm: "AES-256",
          usage: ["encrypt"],
          group: name,
          extractable: false,
        }),
      );
    const payments = await callerWith(domain, { ops: ["create"], keys: group("payments") });
    expect([create(payments, "payments"), create(payments, "default")]).toEqual(["ok", "E_GRANT"]);
    const own = await callerWith(domain, { ops: ["create"], keys: on("own") });
    expect([create(own, "default"), create(own, "payments")]).toEqual(["ok", "E_GRANT"]);
    const one = await callerWith(domain, { ops: ["create"], keys: key(inDefault.id) });
    expect([create(one, "default"), create(one, "payments")]).toEqual(["E_GRANT", "E_GRANT"]);
  });

  test("a key that is visible but not for this says E_GRANT; one that is not visible is absent", async () => {
    const caller = await callerWith(
      domain,
      { ops: ["decrypt"], keys: key(inDefault.id) },
      { ops: ["create", "random"], keys: on("all") },
    );
    expect(outcome(() => domain.operations.encrypt(caller, { name: inDefault.id }, plain))).toBe("E_GRANT");
    expect(outcome(() => domain.operations.encrypt(caller, { name: inPayments.id }, plain))).toBe("E_NOT_FOUND");
  });
});

describe("an alias", () => {
  test("addresses the key in the groups that the grants name, or in the group given", async () => {
    const caller = await callerWith(domain, { ops: ["encrypt"], keys: group("payments") });
    const { keyId } = domain.operations.encrypt(caller, { name: "alias/cards" }, plain);
    expect(keyId).toBe(inPayments.id);
    const all = await callerWith(domain, { ops: ["encrypt"], keys: on("all") });
    expect(outcome(() => domain.operations.encrypt(all, { name: "alias/cards" }, plain))).toBe("E_NOT_FOUND");
    expect(domain.operations.encrypt(all, { name: "alias/cards", group: "payments" }, plain).keyId).toBe(inPayments.id);
  });

  test("of two visible keys in different groups is refused without a group", async () => {
    domain.createKey({ group: "default", alias: "alias/twice" });
    domain.createKey({ group: "payments", alias: "alias/twice" });
    const caller = await callerWith(
      domain,
      { ops: ["encrypt"], keys: group("default") },
      { ops: ["encrypt"], keys: group("payments") },
    );
    expect(outcome(() => domain.operations.encrypt(caller, { name: "alias/twice" }, plain))).toBe("E_AMBIGUOUS");
    expect(outcome(() => domain.operations.encrypt(caller, { name: "alias/twice", group: "payments" }, plain))).toBe(
      "ok",
    );
  });
});

describe("a client", () => {
  test("is its key: unknown, withdrawn and expired ones are refused, each by its code", async () => {
    expect(outcome(() => domain.operations.identify("A".repeat(43)))).toBe("E_CLIENT");
    const app = await domain.enrol("app", [{ ops: ["all"], keys: on("all") }]);
    expect(outcome(() => domain.operations.identify(app.spki))).toBe("ok");
    domain.revoke(app.id);
    expect(outcome(() => domain.operations.identify(app.spki))).toBe("E_CLIENT_REVOKED");
  });
});
