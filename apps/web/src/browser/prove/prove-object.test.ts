import { type KeyStateDocument, keyKind, knownVersion } from "@holdfast/protocol";
import { livedLedger, PLAIN_KEY, type SoftwareLedger } from "@holdfast/testkit";
import { beforeEach, describe, expect, test } from "vitest";
import { evidenceOf } from "../testing/ledger-evidence.ts";
import { MemoryStorage } from "../testing/memory-storage.ts";
import { proveEnvironment, type Standing } from "./prove-environment.ts";
import { type ObjectClaim, proveObject } from "./prove-object.ts";

let ledger: SoftwareLedger;
let standing: Standing;

beforeEach(async () => {
  ledger = livedLedger({ seed: "objects" });
  standing = await stand();
});

async function stand(): Promise<Standing> {
  const proved = await proveEnvironment("environment", evidenceOf(ledger), { storage: new MemoryStorage() });
  if (!proved) throw new TypeError("the ledger has no checkpoint");
  return proved;
}

/** What an honest server shows of the key with that name. */
function honest(label: string, headLeaf: number): ObjectClaim {
  const ids = [...ledger.states.values()].filter((state): state is KeyStateDocument => state.kind === "key");
  const state = label === PLAIN_KEY.label ? ids[0] : ids[1];
  if (!state) throw new TypeError("the ledger has two keys");
  return {
    id: state.id,
    label,
    alias: null,
    state: state.state,
    current: state.current,
    group: state.group,
    algorithm: keyKind(state),
    type: state.type ?? "symmetric-key",
    bits: state.bits ?? null,
    registered: state.origin === "registered",
    knownVersion: knownVersion(state),
    planned: state.dates.activated === undefined ? {} : { activated: state.dates.activated },
    usage: state.usage,
    extractable: state.extractable,
    inToken: state.store === "hsm",
    ownerClient: null,
    created: state.dates.created,
    cryptoperiodSec: state.dates.cryptoperiodSec ?? null,
    versions: state.versions,
    headLeaf,
  };
}

const RESUMED = 6;

describe("a key as the page shows it", () => {
  test("is proved by the entry that last changed it and by the one that named it", async () => {
    const proved = await proveObject(honest("invoices", RESUMED), standing, evidenceOf(ledger));
    expect(proved.names).toEqual({ label: "invoices" });
    expect(proved.leaf.kind).toBe("key.resume");
  });

  test("has the name of its last renaming", async () => {
    const { id } = honest("invoices", RESUMED);
    const target = { kind: "key", keyId: id, label: "invoices", group: "default" } as const;
    ledger.apply(ledger.domain.propose({ act: "key.label", args: { label: "receipts" }, target }));
    standing = await stand();
    const renamed = { ...honest("invoices", RESUMED), label: "receipts" };
    expect((await proveObject(renamed, standing, evidenceOf(ledger))).names.label).toBe("receipts");
    await expect(proveObject(honest("invoices", RESUMED), standing, evidenceOf(ledger))).rejects.toMatchObject({
      code: "P_RELABELLED",
    });
  });

  test.each([
    ["name", { label: "archive" }],
    ["alias", { alias: "alias/archive" }],
    ["state", { state: "deactivated" }],
    ["version", { current: 1 }],
    ["group", { group: "payroll" }],
    ["use", { usage: ["encrypt"] }],
    ["promise not to leave", { extractable: true }],
    ["promise not to leave its token", { inToken: true }],
    ["owner", { ownerClient: "c_aaaaaaaaaaaaaaaaaaaaaaaaaa" }],
    ["age", { created: 1 }],
    ["cryptoperiod", { cryptoperiodSec: 5 }],
    ["versions", { versions: [] }],
    ["kind", { type: "private-key" }],
    ["size", { bits: 128 }],
    ["origin", { registered: true }],
    ["what a former holder knows", { knownVersion: 1 }],
    ["planned end", { planned: { deactivation: 5 } }],
    ["end of protecting", { planned: { originatorSec: 5 } }],
    ["limit", { planned: { limit: { unit: "object", total: 5 } } }],
  ])("is an alarm when a server changes its %s", async (_, lie) => {
    const claim = { ...honest("invoices", RESUMED), ...lie } as ObjectClaim;
    await expect(proveObject(claim, standing, evidenceOf(ledger))).rejects.toMatchObject({ code: "P_RELABELLED" });
  });

  test("is an alarm under the entry of another key, honest as that entry is", async () => {
    const swapped = { ...honest("archive", 2), headLeaf: RESUMED };
    await expect(proveObject(swapped, standing, evidenceOf(ledger))).rejects.toMatchObject({ code: "P_RELABELLED" });
    const renamed = { ...honest("invoices", RESUMED), label: "archive" };
    const lying = evidenceOf(ledger, {
      entries: async ({ kind }) => (kind === "key.create" ? ledger.log.entries.slice(2, 3) : []),
    });
    await expect(proveObject(renamed, standing, lying)).rejects.toMatchObject({ code: "P_NAME" });
  });
});

describe("a client as the page shows it", () => {
  test("is proved with its grants, and an alarm when a server widens or hides one", async () => {
    const state = [...ledger.states.values()].find((each) => each.kind === "client");
    if (state?.kind !== "client") throw new TypeError("the ledger has a client");
    const claim: ObjectClaim = {
      id: state.id,
      label: "billing",
      state: state.state,
      spki: state.auth.spki,
      grants: state.grants,
      ...{ permit: null, cameBy: null },
      created: state.dates.created,
      notAfter: state.dates.notAfter,
      headLeaf: 3,
    };
    expect((await proveObject(claim, standing, evidenceOf(ledger))).names.label).toBe("billing");
    for (const lie of [
      { grants: [] },
      { cameBy: state.id },
      { permit: { most: 5, networks: ["10.0.0.0/8"], validitySec: 3600, renewable: false } },
      { grants: [{ ops: ["encrypt", "decrypt"], keys: { kind: "all" } }] },
      { label: "payroll" },
      { state: "revoked" },
    ]) {
      await expect(
        proveObject({ ...claim, ...lie } as ObjectClaim, standing, evidenceOf(ledger)),
      ).rejects.toMatchObject({ code: "P_RELABELLED" });
    }
  });
});
