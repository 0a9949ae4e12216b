import { decodeBody } from "../../keystore/row.ts";
import type { StoredReceipt } from "../../lifecycle/executor.ts";
import type { AdmissionContext } from "../admission-context.ts";

/** Step 5: what became of a command that was decided before: the answer to every replay. Null when it was not. */
export function findReceipt(
  hash: string,
  { store, index }: Pick<AdmissionContext, "store" | "index">,
): StoredReceipt | null {
  const row = store.findRow("receipt", hash);
  const receipt = row === null ? null : decodeBody<StoredReceipt>(row);
  if (receipt === null) return null;
  return index.commandEntry(hash) !== null || !receipt.final ? receipt : null;
}

/** Whether the log, not the row, says that the command has ended. A missing row makes nothing happen twice. */
export function hasEnded(hash: string, { index }: Pick<AdmissionContext, "index">): boolean {
  return index.commandEntry(hash) !== null;
}
