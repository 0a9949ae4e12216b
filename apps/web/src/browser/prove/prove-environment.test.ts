import { HostileControlPlane, livedLedger, SoftwareAdministrator, SoftwareLedger } from "@holdfast/testkit";
import { describe, expect, test } from "vitest";
import { findPin, writePin } from "../pin/pin.ts";
import { evidenceOf } from "../testing/ledger-evidence.ts";
import { MemoryStorage } from "../testing/memory-storage.ts";
import type { Evidence } from "./evidence.ts";
import { pinOf, proveEnvironment } from "./prove-environment.ts";

const ID = "environment";

async function pinned(ledger: SoftwareLedger) {
  const storage = new MemoryStorage();
  const standing = await proveEnvironment(ID, evidenceOf(ledger), { storage });
  if (!standing) throw new TypeError("the ledger has no checkpoint");
  writePin(ID, { ...pinOf(standing), comparedAt: 1 }, storage);
  return { storage, standing, prove: (evidence: Evidence) => proveEnvironment(ID, evidence, { storage }) };
}

describe("an honest environment", () => {
  test("is consistent before the words were compared on this device, and nothing is pinned by looking", async () => {
    const ledger = livedLedger();
    const storage = new MemoryStorage();
    const standing = await proveEnvironment(ID, evidenceOf(ledger), { storage, now: 7 });
    expect(standing).toMatchObject({
      level: "consistent",
      tid: ledger.domain.tid,
      head: { size: ledger.log.size, root: ledger.log.root },
      roster: { seq: 0, hash: ledger.domain.hash, admins: 1, replacementKeys: 1, local: false },
      agents: [ledger.domain.agent.aid],
      provedAt: 7,
    });
    expect(standing?.words).toHaveLength(8);
    expect(storage.length).toBe(0);
  });

  test("is checked after they were, and the pin follows the log as it grows", async () => {
    const ledger = livedLedger();
    const { storage, prove } = await pinned(ledger);
    ledger.log.append({ kind: "backup", subject: ledger.domain.agent.aid, data: {} });
    expect(await prove(evidenceOf(ledger))).toMatchObject({ level: "checked", head: { size: ledger.log.size } });
    expect(findPin(ID, storage)).toMatchObject({
      comparedAt: 1,
      checkpoint: { size: ledger.log.size, root: ledger.log.root },
    });
  });

  test("is nothing yet while its key server has signed no log", async () => {
    const none = evidenceOf(SoftwareLedger.found(), { checkpoint: async () => null });
    expect(await proveEnvironment(ID, none, { storage: new MemoryStorage() })).toBeNull();
  });

  test("says that a local administrator rules it", async () => {
    const ledger = SoftwareLedger.found({ local: true });
    const standing = await proveEnvironment(ID, evidenceOf(ledger), { storage: new MemoryStorage() });
    expect(standing).toMatchObject({ roster: { local: true }, origins: [] });
  });

  test("moves the pin to a new list of administrators once the log records it", async () => {
    const ledger = livedLedger();
    const { storage, prove } = await pinned(ledger);
    const grace = new SoftwareAdministrator({ label: "Grace", seed: "grace" });
    ledger.domain.extend((roster) => ({ ...roster, admins: [...roster.admins, grace.rosterEntry()] }), {
      added: [grace],
    });
    expect(await prove(evidenceOf(ledger))).toMatchObject({ roster: { seq: 0, admins: 1 } });
    ledger.log.recordLinks();
    expect(await prove(evidenceOf(ledger))).toMatchObject({ roster: { seq: 1, admins: 2 } });
    expect(findPin(ID, storage)?.roster).toEqual({ seq: 1, hash: ledger.domain.hash });
  });

  test("is checked where a restored key server learnt, long after, what its lost log had in force", async () => {
    const ledger = livedLedger();
    const { prove } = await pinned(ledger);
    const { domain, log } = ledger;
    const grace = new SoftwareAdministrator({ label: "Grace", seed: "grace" });
    domain.extend((roster) => ({ ...roster, admins: [...roster.admins, grace.rosterEntry()] }), { added: [grace] });
    domain.clock.advance(30 * 86_400);
    log.append({ kind: "roster", subject: domain.hash, data: { seq: 1, learnt: {} } });
    expect(await prove(evidenceOf(ledger))).toMatchObject({ level: "checked", roster: { seq: 1, admins: 2 } });
  });
});

describe("a hostile server", () => {
  test("cannot show another environment than the one whose words were compared", async () => {
    const { prove } = await pinned(livedLedger());
    await expect(prove(evidenceOf(livedLedger()))).rejects.toMatchObject({ code: "P_TID" });
  });

  test("cannot put a lookalike with the same names in its place", async () => {
    const ledger = livedLedger();
    const { prove } = await pinned(ledger);
    const lookalike = new SoftwareLedger(new HostileControlPlane(ledger.domain).lookalike());
    await expect(prove(evidenceOf(lookalike))).rejects.toMatchObject({ code: "P_TID" });
  });

  test("cannot sign the log's head with a key of its own", async () => {
    const ledger = livedLedger();
    const { prove } = await pinned(ledger);
    const hostile = new HostileControlPlane(ledger.domain);
    const forged = evidenceOf(ledger, { checkpoint: async () => hostile.forgedCheckpoint(ledger.log.checkpoint()) });
    await expect(prove(forged)).rejects.toMatchObject({ code: "V_SIGNATURE" });
  });

  test("cannot go back to an earlier, honestly signed head", async () => {
    const ledger = livedLedger();
    const early = ledger.log.checkpoint();
    ledger.log.append({ kind: "backup", subject: ledger.domain.agent.aid, data: {} });
    const { storage, prove } = await pinned(ledger);
    const before = findPin(ID, storage);
    await expect(prove(evidenceOf(ledger, { checkpoint: async () => early }))).rejects.toMatchObject({
      code: "V_STALE",
    });
    expect(findPin(ID, storage)).toEqual(before);
  });

  test("cannot hide the log or the whole environment from a device that has seen it", async () => {
    const ledger = livedLedger();
    const { prove } = await pinned(ledger);
    await expect(prove(evidenceOf(ledger, { checkpoint: async () => null }))).rejects.toMatchObject({
      code: "P_ROLLBACK",
    });
  });

  test("cannot show a second history of the same length, signed by the same key server", async () => {
    const ledger = SoftwareLedger.found({ seed: "forked" });
    const other = SoftwareLedger.found({ seed: "forked" });
    ledger.log.append({ kind: "backup", subject: ledger.domain.agent.aid, data: {} });
    other.log.append({ kind: "report", subject: ledger.domain.agent.aid, data: {} });
    const { prove } = await pinned(ledger);
    await expect(prove(evidenceOf(other))).rejects.toMatchObject({ code: "W_EQUIVOCATION" });
    other.log.append({ kind: "report", subject: ledger.domain.agent.aid, data: {} });
    await expect(prove(evidenceOf(other))).rejects.toMatchObject({ code: "V_CONSISTENCY" });
  });

  test("cannot take a list of administrators back that this device has seen", async () => {
    const ledger = livedLedger();
    ledger.domain.extend((roster) => roster);
    ledger.log.recordLinks();
    const { prove } = await pinned(ledger);
    const genesis = ledger.domain.links.slice(0, 1);
    await expect(prove(evidenceOf(ledger, { chain: async () => genesis }))).rejects.toMatchObject({
      code: "P_ROLLBACK",
    });
    await expect(prove(evidenceOf(ledger, { entries: async () => [] }))).rejects.toMatchObject({ code: "P_ROLLBACK" });
  });

  test("cannot add an administrator of its own, and a link nobody accepted does not count", async () => {
    const ledger = livedLedger();
    const { prove } = await pinned(ledger);
    const usurping = new HostileControlPlane(ledger.domain).usurpingLink();
    const links = [...ledger.domain.links, usurping];
    expect(await prove(evidenceOf(ledger, { chain: async () => links }))).toMatchObject({ roster: { seq: 0 } });
    ledger.domain.append(usurping, ledger.domain.nextRoster());
    ledger.log.recordLinks();
    await expect(prove(evidenceOf(ledger))).rejects.toMatchObject({ code: "E_ROSTER_THRESHOLD" });
  });

  test("cannot invent the entry that accepts a link", async () => {
    const ledger = livedLedger();
    const { prove } = await pinned(ledger);
    const checkpoint = ledger.log.checkpoint();
    const size = ledger.log.size;
    ledger.domain.extend((roster) => roster);
    ledger.log.recordLinks();
    const invented = evidenceOf(ledger, { checkpoint: async () => checkpoint });
    await expect(
      prove({ ...invented, inclusion: (n) => invented.inclusion(Math.min(n, size - 1), size) }),
    ).rejects.toMatchObject({ code: "V_INCLUSION" });
  });
});
