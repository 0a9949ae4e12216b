import type { LeafActor } from "@holdfast/protocol";
import type { Outcome } from "../lifecycle/outcome.ts";
import { type LinkWriter, of } from "./conclude-link.ts";
import { recoveryKeysThatSigned } from "./describe-link.ts";
import { judgeLink, recheckLink } from "./judge-link.ts";
import type { ReadLink } from "./link-envelope.ts";
import type { LinkWait, ProposedLink } from "./proposed-links.ts";

/** A recovery whose delay runs. */
type Waiting = ProposedLink & { readonly wait: LinkWait };

/**
 * Takes what further recovery keys sign of a recovery while its delay runs: the log says so, its row holds them, and once
 * every key has signed nobody's objection counts any more. The delay stays as it is.
 *
 * @param read - What waits, with the signatures that came.
 * @returns null where no key signed that had not before
 * @throws {@link Refusal} as {@link judgeLink}: of a signature that does not verify, whatever others came with it
 * @see docs/spec/roster.md section 6
 */
export async function addSignatures(read: ReadLink, waiting: Waiting, writer: LinkWriter): Promise<Outcome | null> {
  const { context, executor, proposed } = writer;
  const before = new Set(waiting.read.envelope.approvals.map(({ credId }) => credId));
  if (read.envelope.approvals.every(({ credId }) => before.has(credId))) return null;
  const verdict = await judgeLink(read, context, waiting.wait.acceptedAt);
  if (verdict.kind !== "accepted") return null;
  const { roster } = read;
  const old = verdict.pinned.roster;
  const signed = recoveryKeysThatSigned(old, read).length;
  if (signed <= recoveryKeysThatSigned(old, waiting.read).length) return null;
  const now = context.guard.time();
  const approvedAt = Object.fromEntries(
    read.envelope.approvals.map(({ credId }) => [credId, waiting.approvedAt[credId] ?? now]),
  );
  const actor: LeafActor = { kind: "agent" };
  return executor.concludeLinks(
    () => recheckLink(read, verdict.pinned, context, true),
    [
      {
        ...of(read, actor, { seq: roster.seq, have: signed, keys: old.recovery.keys.length }),
        kind: "roster.signed",
        rows: (unit, n) => proposed.schedule(unit, { ...waiting, read, approvedAt }, n),
      },
    ],
  );
}
