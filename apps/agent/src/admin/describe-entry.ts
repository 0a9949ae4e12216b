import { decodeBase64url, type Entry, parseLeaf } from "@holdfast/protocol";

/** One entry of the custody log as the command line shows it. */
export function describeEntry(entry: Entry) {
  const leaf = parseLeaf(decodeBase64url(entry.leaf));
  const { actor } = leaf;
  const by = actor.kind === "admins" ? actor.ids.join(", ") : "id" in actor ? actor.id : actor.kind;
  return { n: entry.n, at: leaf.ts, kind: leaf.kind, subject: leaf.subject, actor: by, code: leaf.code ?? null, entry };
}
