import { commandHash, decodeBase64url, encodeBase64url, encodeLeaf, type Leaf } from "@holdfast/protocol";
import { livedLedger } from "@holdfast/testkit";
import { describe, expect, test } from "vitest";
import { readReleases } from "./release-facts.ts";

const { domain } = livedLedger();
const [MARIA, JONAS] = ["a", "b"].map((letter) => letter.repeat(26)) as [string, string];
const recipient = encodeBase64url(Uint8Array.of(4, ...new Uint8Array(64).fill(7)));
const command = domain.propose({ act: "escrow.release", args: { backup: `${"B".repeat(42)}A`, recipient } });
const { bytes } = domain.envelope(command, [domain.approve([command])]);
const cmd = commandHash(decodeBase64url(command.doc));

function entry(n: number, kind: Leaf["kind"], more: Pick<Leaf, "cause"> & Partial<Leaf>) {
  const leaf = encodeLeaf({
    ...{ typ: "leaf", ver: 1, tid: domain.tid, aid: domain.agent.aid, n, ts: 1_800_000_000 + n, kind },
    ...{ subject: domain.tid, actor: { kind: "agent" }, ...more },
  });
  return { n, leaf: encodeBase64url(leaf) };
}

const approved = entry(7, "escrow.release", { cause: { kind: "command", hash: cmd } });
const restored = (release: string) =>
  entry(9, "restore", { cause: { kind: "host" }, data: { backup: "x", release, seats: [MARIA, JONAS] } });

describe("a release that administrators approved", () => {
  test("brings its approvals as the new key server takes them, and until when they are worth something", () => {
    const [release] = readReleases([{ ...approved, envelope: encodeBase64url(bytes) }], []);
    expect(release).toMatchObject({ cmd, n: 7, exp: command.command.exp, restored: null });
    expect(release?.envelope).toBe(new TextDecoder().decode(bytes));
  });

  test("is known to be approved where its text is kept from the dashboard, and brings nothing then", () => {
    expect(readReleases([approved], [])).toMatchObject([{ cmd, exp: null, envelope: null }]);
  });

  test("is restored by the entry that names it, and by no other", () => {
    expect(readReleases([approved], [restored(cmd)])).toMatchObject([{ restored: { n: 9, seats: [MARIA, JONAS] } }]);
    expect(readReleases([approved], [restored(`${"C".repeat(42)}A`)])).toMatchObject([{ restored: null }]);
  });

  test("is none where it was refused", () => {
    const refused = entry(7, "escrow.release", { cause: { kind: "command", hash: cmd }, code: "E_QUORUM" });
    expect(readReleases([refused], [])).toEqual([]);
  });
});
