import type { Leaf, OpenedEntry, Receipt, State } from "@holdfast/protocol";
import type { Evidence } from "./evidence.ts";
import { ProofError } from "./proof-error.ts";
import type { Standing } from "./prove-environment.ts";
import { proveInclusion } from "./prove-inclusion.ts";
import { proveReceipt } from "./prove-receipt.ts";

/** An entry that this browser found in the signed log, with everything it opens. */
export interface ProvedEntry {
  readonly leaf: Leaf;
  readonly names: OpenedEntry["names"];
  /** The state after it; null for entries that change none, or whose state was not shared. */
  readonly state: State | null;
  /** Null for what no command caused. */
  readonly receipt: Receipt | null;
}

/**
 * Proves one entry: its bytes, its names and state, its place in the signed log, and its command's receipt.
 *
 * @param standing - Chain and head that this browser verified.
 * @throws {@link ProofError} `P_LEAF`, `P_NAME`, `P_STATE`, `P_RECEIPT`, `P_RECEIPT_SIG`; {@link TlogError}
 *   `V_INCLUSION`; the codes of protocol
 */
export async function proveEntry(
  n: number,
  standing: Pick<Standing, "tid" | "chain" | "head">,
  evidence: Evidence,
): Promise<ProvedEntry> {
  const entry = await evidence.entry(n);
  if (entry.n !== n) throw new ProofError("P_LEAF", "Another entry than the one asked for.", { n });
  const opened = await proveInclusion(entry, standing.head, evidence);
  const { leaf, names, state } = opened;
  if (leaf.tid !== standing.tid) throw new ProofError("P_LEAF", "An entry of another environment.", { n });
  if (state && (state.tid !== standing.tid || state.id !== leaf.subject)) {
    throw new ProofError("P_STATE", "The state is another object's.", { n });
  }
  const receipt = await proveReceipt(opened, standing.chain, evidence);
  return { leaf, names, state, receipt };
}
