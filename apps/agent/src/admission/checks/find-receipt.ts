import type { StoredReceipt } from "../../lifecycle/outcome.ts";
import type { AdmissionContext } from "../admission-context.ts";

/**
 * Step 5: what became of a command that was decided before: the answer to every replay. Null when it was not.
 *
 * A receipt that this agent did not write, or that is not the last one of its command, counts as none.
 */
export function findReceipt(
  hash: string,
  { keystore, index }: Pick<AdmissionContext, "keystore" | "index">,
): StoredReceipt | null {
  const receipt = keystore.findAuthentic<StoredReceipt>("receipt", hash);
  return receipt !== null && receipt.final === hasEnded(hash, { index }) ? receipt : null;
}

/** Whether the log, not the row, says that the command has ended. A missing row makes nothing happen twice. */
export function hasEnded(hash: string, { index }: Pick<AdmissionContext, "index">): boolean {
  return index.commandEntry(hash) !== null;
}
