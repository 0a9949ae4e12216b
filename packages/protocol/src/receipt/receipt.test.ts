import { HostileControlPlane, SoftwareLedger } from "@holdfast/testkit";
import { describe, expect, test } from "vitest";
import { openEntry, parseEntry } from "../leaf/entry.ts";
import { useDataOf } from "../leaf/leaf.ts";
import { verifyReceipt } from "./receipt.ts";

const ledger = SoftwareLedger.found({ seed: "receipt" });
const { domain, log } = ledger;
const hostile = new HostileControlPlane(domain);
const applied = ledger.apply(
  domain.propose({
    act: "key.create",
    args: {
      items: [{ label: "Orders", algorithm: "AES-256", usage: ["encrypt"], group: "default", extractable: false }],
    },
  }),
);
const aik = domain.agent.aik.coseText;

describe("a receipt", () => {
  test("of the agent holds, and says what became of the command", async () => {
    const receipt = await verifyReceipt(applied.signed, aik);
    expect(receipt).toMatchObject({ result: "applied", cmd: applied.receipt.cmd, envelope: applied.envelope.hash });
  });

  test("row 62: that the control plane made or changed is refused", async () => {
    const forged = hostile.forgedReceipt(applied.signed);
    const altered = hostile.alteredReceipt(applied.signed, (receipt) => ({ ...receipt, leaf: receipt.leaf + 1 }));
    for (const signed of [forged, altered]) {
      await expect(verifyReceipt(signed, aik)).rejects.toMatchObject({ code: "E_SIG" });
    }
  });

  test("is not an attestation, nor the other way round", async () => {
    const bytes = Buffer.from(applied.signed.doc, "base64url");
    await expect(verifyReceipt(domain.agent.sign("attest", "receipt", bytes), aik)).rejects.toMatchObject({
      code: "E_SIG",
    });
    await expect(verifyReceipt(domain.agent.sign("receipt", "attest", bytes), aik)).rejects.toMatchObject({
      code: "E_SIG",
    });
  });
});

describe("an entry", () => {
  const entry = log.entries[applied.leaf];

  test("opens to the names that were committed, and to no others", () => {
    const opened = openEntry(parseEntry(entry));
    expect(opened.names).toEqual({ label: "Orders" });
    expect(opened.state).toMatchObject({ kind: "key", state: "active" });
    const misnamed = hostile.misnamedEntry(parseEntry(entry), "Salaries");
    expect(() => openEntry(misnamed)).toThrow(
      expect.objectContaining({ code: "E_COMMITMENT", detail: { part: "label" } }),
    );
  });

  test("never shows a name in the leaf itself", () => {
    expect(Buffer.from(entry?.leaf ?? "", "base64url").toString()).not.toContain("Orders");
  });

  test("commits the same name differently each time, so that names cannot be compared", () => {
    const twice = ["one", "two"].map(() =>
      log.append({ kind: "key.label", subject: applied.ids[0] ?? "", names: { label: "Same" } }),
    );
    const [one, two] = twice.map((each) => openEntry(each).leaf.names?.label);
    expect(one).not.toBe(two);
  });

  test("of use says how much and nothing of what", () => {
    const data = { minute: 30_000_000, ops: { encrypt: 2 }, bytes: 10, root: "A".repeat(43) };
    const used = log.append({ kind: "use", subject: applied.ids[0] ?? "", cause: { kind: "request" }, data });
    expect(useDataOf(openEntry(used).leaf)).toEqual(data);
    expect(() => useDataOf(openEntry(parseEntry(entry)).leaf)).toThrow(expect.objectContaining({ code: "E_SCHEMA" }));
  });
});
