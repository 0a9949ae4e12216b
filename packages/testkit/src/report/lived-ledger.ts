import type { BuiltCommand, KeyTarget, NewKey } from "@holdfast/protocol";
import type { DomainOptions } from "../domain/software-domain.ts";
import { type Applied, SoftwareLedger } from "../log/software-ledger.ts";

/** What most tests make. */
export const PLAIN_KEY: NewKey = {
  label: "invoices",
  algorithm: "AES-256",
  usage: ["encrypt", "decrypt"],
  group: "default",
  extractable: false,
};

/** Founds a domain that has lived: two keys made in one touch, a client enrolled, a rotation, a suspension, use. */
export function livedLedger(options: DomainOptions = {}): SoftwareLedger {
  const ledger = SoftwareLedger.found(options);
  const { domain, log } = ledger;
  const create = domain.propose({
    act: "key.create",
    args: { items: [PLAIN_KEY, { ...PLAIN_KEY, label: "archive" }] },
  });
  const [keyId = ""] = applyByAll(later(ledger), create).ids;
  const target: KeyTarget = { kind: "key", keyId, label: PLAIN_KEY.label, group: PLAIN_KEY.group };
  const enrol = domain.propose({
    act: "client.enrol",
    args: {
      label: "billing",
      auth: { kind: "issued", validitySec: 86_400 },
      grants: [{ ops: ["encrypt", "decrypt"], keys: { kind: "group", id: "default" } }],
    },
  });
  const [client = ""] = applyByAll(later(ledger), enrol).ids;
  applyByAll(later(ledger), domain.propose({ act: "key.rotate", args: {}, target }));
  applyByAll(ledger, domain.propose({ act: "key.suspend", args: {}, target, reason: "audit of the week" }));
  applyByAll(ledger, domain.propose({ act: "key.resume", args: {}, target }));
  later(ledger);
  const minute = Math.floor(domain.clock.now() / 60);
  log.append({
    kind: "use",
    subject: keyId,
    actor: { kind: "client", id: client },
    cause: { kind: "request" },
    data: { minute, ops: { encrypt: 7 }, bytes: 700, root: log.root },
  });
  log.append({ kind: "report", subject: domain.agent.aid, data: {} });
  return ledger;
}

/** Carries a command out that every administrator has approved. */
export function applyByAll(ledger: SoftwareLedger, command: BuiltCommand): Applied {
  const { domain } = ledger;
  return ledger.apply(
    command,
    domain.administrators.map((by) => domain.approve([command], { by })),
  );
}

function later(ledger: SoftwareLedger): SoftwareLedger {
  ledger.domain.clock.advance(60);
  return ledger;
}
