import { type Entry, type OpenedEntry, openEntry, ProtocolError } from "@holdfast/protocol";
import { ProofError } from "./proof-error.ts";

/**
 * Opens an entry against its own leaf. That the leaf is in the log is not proved by that.
 *
 * @throws {@link ProofError} `P_NAME`, `P_STATE`, `P_LEAF` for a part that is not the leaf's; the codes of `openEntry`
 */
export function openClaim(entry: Entry): OpenedEntry {
  try {
    return openEntry(entry);
  } catch (error) {
    if (!(error instanceof ProtocolError) || error.code !== "E_COMMITMENT") throw error;
    const { part } = error.detail;
    const code = part === "state" ? "P_STATE" : part === "index" ? "P_LEAF" : "P_NAME";
    throw new ProofError(code, error.message, { n: entry.n });
  }
}
