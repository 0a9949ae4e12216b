import { decodeBase64url, parseCommand, wordsOf } from "@holdfast/protocol";
import { livedLedger, PLAIN_KEY } from "@holdfast/testkit";
import { describe, expect, test } from "vitest";
import { proveEnvironment } from "../prove/prove-environment.ts";
import { evidenceOf } from "../testing/ledger-evidence.ts";
import { MemoryStorage } from "../testing/memory-storage.ts";
import { draftCommands, type ProposalRequest } from "./draft-commands.ts";

async function draft(requests: readonly ProposalRequest[], reason = "") {
  const ledger = livedLedger();
  const standing = await proveEnvironment("environment", evidenceOf(ledger), { storage: new MemoryStorage() });
  if (!standing) throw new TypeError("the ledger has no checkpoint");
  const drafts = draftCommands(requests, { ...standing, reason, now: 1_900_000_000 });
  return { ledger, commands: drafts.map(({ doc }) => parseCommand(decodeBase64url(doc))), drafts };
}

const target = { kind: "key", keyId: `k_${"a".repeat(26)}`, label: "invoices", group: "default" } as const;

describe("drafting commands", () => {
  test("names the verified environment and its newest roster, whatever a server says", async () => {
    const { ledger, commands } = await draft([{ act: "key.create", args: { items: [PLAIN_KEY] } }], "first key");
    expect(commands[0]).toMatchObject({
      tid: ledger.domain.tid,
      act: "key.create",
      roster: { seq: 0, hash: ledger.domain.hash },
      issued: 1_900_000_000,
      reason: "first key",
      args: { items: [PLAIN_KEY] },
    });
  });

  test("lets a request live as long as the roster allows for its act, and no longer", async () => {
    const { commands } = await draft([
      { act: "key.create", args: { items: [PLAIN_KEY] } },
      { act: "key.destroy", args: {}, target, expect: { head: 4, state: "deactivated" } },
    ]);
    expect(commands.map(({ exp, issued }) => (exp - issued) / 3600)).toEqual([72, 24]);
  });

  test("says what a loosening act was decided on, and names no head for a tightening one", async () => {
    const expected = { head: 4, state: "active", version: 2 } as const;
    const { commands } = await draft([
      { act: "key.rotate", args: {}, target, expect: expected },
      { act: "key.suspend", args: {}, target, expect: expected },
    ]);
    expect(commands[0]?.expect).toEqual(expected);
    expect(commands[1]?.expect?.head).toBeUndefined();
  });

  test("gives every draft words and a plain description of its own bytes", async () => {
    const request: ProposalRequest = { act: "key.suspend", args: {}, target };
    const { drafts } = await draft([request, request]);
    const [one, two] = drafts;
    expect(one?.hash).not.toBe(two?.hash);
    expect(one?.words).toEqual(wordsOf(one?.hash ?? ""));
    expect(one?.plain).toMatchObject({ title: "Suspend invoices", danger: true });
  });

  test("refuses what no key server would take", async () => {
    const invisible = { ...PLAIN_KEY, label: "invoices\u202e" };
    await expect(draft([{ act: "key.create", args: { items: [invisible] } }])).rejects.toMatchObject({
      code: "E_CANON",
    });
    await expect(draft([{ act: "key.create", args: { items: [] } }])).rejects.toMatchObject({ code: "E_ARGS" });
  });
});
