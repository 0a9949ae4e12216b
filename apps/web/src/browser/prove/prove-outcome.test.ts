import { type BuiltCommand, encodeBase64url, encodeReceipt, type KeyTarget, type Receipt } from "@holdfast/protocol";
import { applyByAll, PLAIN_KEY, SoftwareDomain, SoftwareLedger } from "@holdfast/testkit";
import { beforeEach, describe, expect, test } from "vitest";
import { evidenceOf } from "../testing/ledger-evidence.ts";
import { MemoryStorage } from "../testing/memory-storage.ts";
import { findHidden } from "./find-hidden.ts";
import { proveEnvironment } from "./prove-environment.ts";
import { type OutcomeClaim, proveOutcome } from "./prove-outcome.ts";

const RESULTS = { "command.scheduled": "scheduled", "command.cancelled": "cancelled" } as const;

let ledger: SoftwareLedger;
let made: { hash: string; entry: number };
/** A destruction that waits its delay. */
let waiting: { hash: string; entry: number; command: BuiltCommand };

beforeEach(() => {
  ledger = SoftwareLedger.found({ seed: "outcomes" });
  const { domain } = ledger;
  const create = domain.propose({ act: "key.create", args: { items: [PLAIN_KEY, { ...PLAIN_KEY, label: "second" }] } });
  const { ids, leaf } = applyByAll(ledger, create);
  made = { hash: create.hash, entry: leaf };
  const target: KeyTarget = { kind: "key", keyId: ids[0] ?? "", label: PLAIN_KEY.label, group: PLAIN_KEY.group };
  const command = domain.propose({ act: "key.destroy", args: {}, target });
  waiting = { hash: command.hash, entry: record("command.scheduled", command), command };
});

/** Writes what became of a command that is not applied, as an agent does. */
function record(kind: keyof typeof RESULTS, command: BuiltCommand): number {
  const { hash } = command;
  const { domain, log } = ledger;
  const { n } = log.append({ kind, subject: hash, cause: { kind: "command", hash } });
  const receipt: Receipt = {
    ...{ typ: "receipt", ver: 1, tid: domain.tid, aid: domain.agent.aid, result: RESULTS[kind], cmd: hash },
    ...{ envelope: domain.envelope(command, []).hash, leaf: n, count: 1, size: log.size, root: log.root },
    ...{ roster: { seq: domain.roster.seq, hash: domain.hash }, ts: domain.clock.now() },
  };
  log.attach(n, { receipt: domain.agent.sign("receipt", "receipt", encodeReceipt(receipt)) });
  return n;
}

async function judge(claim: Omit<OutcomeClaim, "of"> & Partial<OutcomeClaim>) {
  const standing = await proveEnvironment("environment", evidenceOf(ledger), { storage: new MemoryStorage() });
  if (!standing) throw new TypeError("the ledger has no checkpoint");
  return proveOutcome({ of: "command", ...claim }, standing, evidenceOf(ledger));
}

describe("what became of a command", () => {
  test("is proved by the entry of its own that says the same", async () => {
    expect(await judge({ ...made, status: "applied" })).toMatchObject({ leaf: { kind: "key.create" } });
    expect(await judge({ ...waiting, status: "scheduled" })).toMatchObject({ leaf: { kind: "command.scheduled" } });
    const entry = record("command.cancelled", waiting.command);
    expect(await judge({ hash: waiting.hash, entry, status: "cancelled" })).toMatchObject({ leaf: { n: entry } });
  });

  test("is nobody's proof where neither the record nor the log names an entry", async () => {
    const open = ledger.domain.propose({ act: "key.create", args: { items: [PLAIN_KEY] } });
    for (const status of ["open", "expired", "withdrawn"])
      expect(await judge({ hash: open.hash, entry: null, status })).toBeNull();
  });

  test.each(["cancelled", "applied", "expired", "refused", "open", "withdrawn"])(
    "row 61: a destruction that waits its delay is not %s because a record says so beside its entry, or beside none",
    async (status) => {
      for (const entry of [waiting.entry, null])
        await expect(judge({ hash: waiting.hash, entry, status })).rejects.toMatchObject({ code: "P_OUTCOME" });
    },
  );

  test("row 61: is proved by no entry that is about something else: not the genesis, not another command's", async () => {
    for (const entry of [0, made.entry])
      await expect(judge({ hash: waiting.hash, entry, status: "applied" })).rejects.toMatchObject({
        code: "P_OUTCOME",
      });
  });

  test("row 61: is not what an earlier entry says when the log went on", async () => {
    record("command.cancelled", waiting.command);
    await expect(judge({ ...waiting, status: "scheduled" })).rejects.toMatchObject({ code: "P_OUTCOME" });
  });

  test("is not decided by a refusal on record that ended nothing", async () => {
    const { hash } = waiting;
    ledger.log.append({ kind: "command.refused", subject: hash, cause: { kind: "command", hash }, code: "E_QUORUM" });
    expect(await judge({ ...waiting, status: "scheduled" })).toMatchObject({ leaf: { n: waiting.entry } });
  });
});

describe("what became of a change of administrators and rules", () => {
  const change = () => ledger.domain.signLink(ledger.domain.nextRoster());

  test("row 71: a change that waits its delay is neither over nor unknown because a record says so", async () => {
    const link = change();
    ledger.recordLink("roster.scheduled", link);
    const claim = { of: "link", hash: SoftwareDomain.hashOf(link), entry: null } as const;
    expect(await judge({ ...claim, status: "scheduled" })).toMatchObject({ leaf: { kind: "roster.scheduled" } });
    for (const status of ["cancelled", "applied", "refused", "open", "withdrawn", "expired"])
      await expect(judge({ ...claim, status })).rejects.toMatchObject({ code: "P_OUTCOME" });
  });

  test("row 71: a change that gave way, was stopped or is in force does not wait any more", async () => {
    const gone = change();
    ledger.recordLink("roster.scheduled", gone);
    ledger.recordLink("roster.refused", gone, "E_ROSTER_SEQ");
    ledger.domain.clock.advance(60);
    const inForce = ledger.extend((roster) => roster);
    for (const [link, status] of [
      [gone, "refused"],
      [inForce, "applied"],
    ] as const) {
      const claim = { of: "link", hash: SoftwareDomain.hashOf(link), entry: null } as const;
      expect(await judge({ ...claim, status })).not.toBeNull();
      await expect(judge({ ...claim, status: "scheduled" })).rejects.toMatchObject({ code: "P_OUTCOME" });
    }
  });
});

describe("what the record hides", () => {
  async function hidden(status: string | null) {
    const standing = await proveEnvironment("environment", evidenceOf(ledger), { storage: new MemoryStorage() });
    if (!standing) throw new TypeError("the ledger has no checkpoint");
    return findHidden(standing, evidenceOf(ledger), async () => status, settled);
  }
  const settled = new Set<string>();
  beforeEach(() => settled.clear());

  test("row 71: is whatever waits its delay by the log and not by the record", async () => {
    const link = ledger.domain.signLink(ledger.domain.nextRoster());
    ledger.recordLink("roster.scheduled", link);
    const { bytes } = ledger.domain.envelope(waiting.command, []);
    ledger.log.attach(waiting.entry, { envelope: encodeBase64url(bytes) });
    expect(await hidden("scheduled")).toEqual([]);
    const both = [
      { of: "command", hash: waiting.hash },
      { of: "link", hash: SoftwareDomain.hashOf(link) },
    ];
    for (const status of ["cancelled", "open", null]) expect(await hidden(status)).toEqual(both);
    expect(settled.size).toBe(0);
  });

  test("is nothing of what is over, which is asked for no more, nor a command whose text was never told", async () => {
    expect(await hidden(null)).toEqual([]);
    expect(await hidden("open")).toHaveLength(1);
    record("command.cancelled", waiting.command);
    expect(await hidden("cancelled")).toEqual([]);
    expect([...settled]).toEqual([waiting.hash]);
  });
});
