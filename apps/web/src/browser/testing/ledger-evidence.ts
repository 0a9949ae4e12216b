import { decodeBase64url, type Entry, encodeBase64url, parseLeaf } from "@holdfast/protocol";
import type { SoftwareLedger } from "@holdfast/testkit";
import { consistencyProof, inclusionProof } from "@holdfast/tlog";
import type { Evidence } from "../prove/evidence.ts";

/** The evidence that an honest server has of a ledger; a test replaces what a hostile one would change. */
export function evidenceOf(ledger: SoftwareLedger, changed: Partial<Evidence> = {}): Evidence {
  const { domain, log } = ledger;
  return {
    chain: async () => structuredClone(domain.links),
    checkpoint: async () => log.checkpoint(),
    entry: async (n) => entryAt(log.entries, n),
    inclusion: async (n, size) => inclusionProof(n, size, log.tree.getNode).map(encodeBase64url),
    consistency: async (from, to) => consistencyProof(from, to, log.tree.getNode).map(encodeBase64url),
    entries: async ({ kind, subject, command }) =>
      log.entries.toReversed().filter((entry) => {
        const { cause, ...leaf } = parseLeaf(decodeBase64url(entry.leaf));
        const caused = cause.kind === "command" ? cause.hash : undefined;
        return (
          (kind === undefined || leaf.kind === kind) &&
          (subject === undefined || leaf.subject === subject) &&
          (command === undefined || caused === command)
        );
      }),
    ...changed,
  };
}

/** An entry that must be there. */
export function entryAt(entries: readonly Entry[], n: number): Entry {
  const entry = entries[n];
  if (entry === undefined) throw new RangeError(`the log has no entry ${n}`);
  return entry;
}
