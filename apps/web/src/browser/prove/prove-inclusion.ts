import { decodeBase64url, type Entry, type OpenedEntry } from "@holdfast/protocol";
import { leafHash, verifyInclusion } from "@holdfast/tlog";
import type { Evidence } from "./evidence.ts";
import { openClaim } from "./open-claim.ts";

/**
 * Proves that an entry stands in the log whose head was verified, and that its names and state are its leaf's.
 *
 * @throws {@link ProofError} `P_NAME`, `P_STATE`, `P_LEAF`; {@link TlogError} `V_INCLUSION`
 */
export async function proveInclusion(
  entry: Entry,
  head: { readonly size: number; readonly root: string },
  evidence: Evidence,
): Promise<OpenedEntry> {
  const opened = openClaim(entry);
  const proof = await evidence.inclusion(entry.n, head.size);
  verifyInclusion({
    index: entry.n,
    size: head.size,
    leaf: leafHash(opened.bytes),
    root: decodeBase64url(head.root),
    proof: proof.map(decodeBase64url),
  });
  return opened;
}
