import { decodeBase64url, findCredential, openEntry, parseEnvelope, verifyApproval } from "@holdfast/protocol";
import { leafHash, logOrigin, MemoryTree, openCheckpoint } from "@holdfast/tlog";
import { describe, expect, test } from "vitest";
import { SoftwareLedger } from "../log/software-ledger.ts";
import { HostileControlPlane } from "./hostile-control-plane.ts";
import { HostileMailbox } from "./hostile-mailbox.ts";
import { changeApproval, duplicateApprovals, moveApprovals, stripApprovals } from "./tamper-envelope.ts";

const LOCK = { act: "domain.lock", args: {} } as const;

/** What verifying the first approval of an envelope under the victim's roster says. */
async function verdict(ledger: SoftwareLedger, bytes: Uint8Array): Promise<string> {
  const [approval] = parseEnvelope(bytes).approvals;
  const found = approval && findCredential(ledger.domain.roster, approval.credId);
  if (!found) return "E_CRED_UNKNOWN";
  return verifyApproval(approval, found.credential).then(
    () => "holds",
    (error: { code: string }) => error.code,
  );
}

function rootOf(entries: readonly { readonly leaf: string }[]): Uint8Array {
  const tree = new MemoryTree();
  for (const { leaf } of entries) tree.append(leafHash(decodeBase64url(leaf)));
  return tree.root;
}

describe("a hostile control plane", () => {
  const ledger = SoftwareLedger.found({ seed: "hostile", administrators: 2 });
  const { domain, log } = ledger;
  const hostile = new HostileControlPlane(domain);
  const command = domain.propose(LOCK);
  const honest = domain.envelope(command, [domain.approve([command])]).bytes;

  test("forges no approval", async () => {
    expect(await verdict(ledger, honest)).toBe("holds");
    expect(await verdict(ledger, hostile.forgedEnvelope(LOCK))).toBe("E_CRED_UNKNOWN");
    expect(await verdict(ledger, hostile.impersonatingEnvelope(LOCK))).toBe("E_ASSERT_SIG");
  });

  test("makes envelopes that are read, so that what refuses them is the check and not the form", async () => {
    const other = domain.envelope(domain.propose(LOCK), []).bytes;
    const moved = parseEnvelope(moveApprovals(honest, other));
    expect(moved.approvals[0]?.list).toEqual([command.hash]);
    expect(moved.doc).not.toBe(command.doc);
    expect(parseEnvelope(stripApprovals(honest)).approvals).toEqual([]);
    expect(parseEnvelope(duplicateApprovals(honest)).approvals).toHaveLength(2);
    const rejected = changeApproval(honest, 0, (approval) => ({ ...approval, decision: 2 }));
    expect(await verdict(ledger, rejected)).toBe("E_ASSERT_CLIENTDATA");
  });

  test("cuts nothing out of a log that was signed", async () => {
    ledger.apply(command);
    const { key } = domain.agent.noteSigner(domain.tid);
    const signed = await openCheckpoint(log.checkpoint(), logOrigin(domain.tid), [key]);
    expect(rootOf(log.entries)).toEqual(signed.root);
    const shortened = hostile.shortenedLog(log.entries, 1);
    expect(shortened.map((entry) => openEntry({ n: entry.n, leaf: entry.leaf }).leaf.n)).toEqual([0]);
    expect(rootOf(shortened)).not.toEqual(signed.root);
    const altered = log.entries.map((entry) => hostile.alteredEntry(entry, (leaf) => ({ ...leaf, ts: leaf.ts + 1 })));
    expect(rootOf(altered)).not.toEqual(signed.root);
  });

  test("signs no checkpoint", async () => {
    const { key } = domain.agent.noteSigner(domain.tid);
    const forged = hostile.forgedCheckpoint(log.checkpoint());
    await expect(openCheckpoint(forged, logOrigin(domain.tid), [key])).rejects.toMatchObject({ code: "V_SIGNATURE" });
  });
});

describe("a hostile mailbox", () => {
  test("gives what it was given in every order and number but an honest one", () => {
    const mailbox = new HostileMailbox<string>();
    for (const message of ["a", "b", "c"]) mailbox.put(message);
    expect(mailbox.honest()).toEqual(["a", "b", "c"]);
    expect(mailbox.reordered()).toEqual(["c", "b", "a"]);
    expect(mailbox.replayed()).toEqual(["a", "b", "c", "a", "b", "c"]);
    expect(mailbox.withheld((message) => message === "b")).toEqual(["a", "c"]);
    expect(mailbox.forged((message) => message.toUpperCase())).toEqual(["A", "B", "C"]);
    expect(mailbox.rolledBack(1)).toEqual(["a"]);
  });
});
