import type { OpenedEntry } from "@holdfast/protocol";
import { toEntry } from "../custody-log/entry.ts";
import type { StoredLeaf } from "../keystore/store.ts";

/** One verified entry as the command line shows it. */
export function describeEntry(row: StoredLeaf, { leaf }: OpenedEntry) {
  const { actor } = leaf;
  const by = actor.kind === "admins" ? actor.ids.join(", ") : "id" in actor ? actor.id : actor.kind;
  const entry = toEntry(row);
  return { n: entry.n, at: leaf.ts, kind: leaf.kind, subject: leaf.subject, actor: by, code: leaf.code ?? null, entry };
}
