import type { KeyTarget, NewKey } from "@holdfast/protocol";
import { SoftwareLedger, SoftwareReporter } from "@holdfast/testkit";
import { describe, expect, test } from "vitest";
import { verifyBundle } from "./verify-bundle.ts";

const KEY: NewKey = {
  label: "invoices",
  algorithm: "AES-256",
  usage: ["encrypt", "decrypt"],
  group: "default",
  extractable: false,
};

/** A domain that has lived: keys made, rotated, suspended, destroyed; a client; use. */
function livedDomain(options: Parameters<typeof SoftwareLedger.found>[0] = {}): SoftwareLedger {
  const ledger = SoftwareLedger.found({ seed: "lived", ...options });
  const { domain, log } = ledger;
  const step = () => domain.clock.advance(60);
  step();
  const [first = ""] = ledger.apply(
    domain.propose({ act: "key.create", args: { items: [KEY, { ...KEY, label: "archive" }] } }),
  ).ids;
  const target: KeyTarget = { kind: "key", keyId: first, label: "invoices", group: "default" };
  step();
  const grants = [{ ops: ["encrypt", "decrypt"], keys: { kind: "group", id: "default" } }] as const;
  const enrol = domain.propose({
    act: "client.enrol",
    args: { label: "billing", auth: { kind: "issued", validitySec: 86_400 }, grants },
  });
  const [client = ""] = ledger.apply(enrol).ids;
  step();
  ledger.apply(domain.propose({ act: "key.rotate", args: {}, target }));
  ledger.apply(domain.propose({ act: "key.suspend", args: {}, target }));
  ledger.apply(domain.propose({ act: "key.resume", args: {}, target }));
  step();
  const use = { minute: Math.floor(domain.clock.now() / 60), ops: { encrypt: 7 }, bytes: 700, root: log.root };
  log.append({
    kind: "use",
    subject: first,
    actor: { kind: "client", id: client },
    cause: { kind: "request" },
    data: use,
  });
  log.append({ kind: "report", subject: domain.agent.aid, data: {} });
  return ledger;
}

describe("a bundle of a domain that has lived", () => {
  test("holds, and says what it checked", async () => {
    const ledger = livedDomain();
    const report = await verifyBundle(await new SoftwareReporter(ledger).bundle());
    expect(report.checks.map(({ what, text }) => `${what}: ${text}`)).toMatchInlineSnapshot(`
      [
        "administrators: 1 link from the genesis on; each signed by enough administrators; now 1 administrator",
        "log: 9 entries, none missing: they make the tree LwRPTQyOBEsqyyODa2EgwTvRj3D0ZAsFRXfOt4ZcMTs",
        "checkpoint: that tree is signed by a key server of these administrators (agent one)",
        "witnesses: no witness is named: only the key server vouches for when",
        "receipts: 5 receipts signed by the key server, each fitting its entries and tree",
        "approvals: 5 approvals verified again; every command had the approvals it needed at its time",
        "states: every step of 2 keys and 1 client was allowed",
        "certificate: the report key's certificate is by this environment's own authority (6b:8b:66:31:13:a7:1b:1b:70:eb:95:88:13:07:8b:6d:fc:59:a3:e1:9d:24:c9:e3:bf:85:ce:48:45:2c:e9:8f)",
        "attestation: signed over every byte of the evidence by a_jkbljrdtjck42tcb3ff3cvll5u, software holdfast-agent 0.0.0",
        "origin: not compared; the words are: access amused fire tuna antenna add they echo",
      ]
    `);
    expect(report.content.headline).toMatchInlineSnapshot(
      `"All 2 keys are on record, each decision approved by its one administrator."`,
    );
    expect(report.facts.keys.map(({ label, state, use }) => [label, state.state, state.current, use.count])).toEqual([
      ["invoices", "active", 2, 7],
      ["archive", "active", 1, 0],
    ]);
  });
});
