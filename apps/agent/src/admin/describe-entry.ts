import { ProtocolError, parseLeaf } from "@holdfast/protocol";
import { type LogEntry, toEntry } from "../custody-log/entry.ts";
import type { StoredLeaf } from "../keystore/store.ts";
import { damaged } from "./verify-beside.ts";

/** One stored entry as the command line shows it. @throws StoreError `E_LOG_CORRUPT` for one that cannot be read */
export function describeEntry(row: StoredLeaf) {
  const { leaf, entry } = read(row);
  const { actor } = leaf;
  const by = actor.kind === "admins" ? actor.ids.join(", ") : "id" in actor ? actor.id : actor.kind;
  return { n: entry.n, at: leaf.ts, kind: leaf.kind, subject: leaf.subject, actor: by, code: leaf.code ?? null, entry };
}

function read(row: StoredLeaf): { leaf: ReturnType<typeof parseLeaf>; entry: LogEntry } {
  try {
    return { leaf: parseLeaf(row.bytes as Uint8Array<ArrayBuffer>), entry: toEntry(row) };
  } catch (error) {
    if (error instanceof ProtocolError || error instanceof SyntaxError) throw damaged(row.n, "it cannot be read");
    throw error;
  }
}
