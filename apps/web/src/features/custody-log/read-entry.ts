import { decodeBase64url, type Leaf, parseLeaf } from "@holdfast/protocol";
import { kindText } from "./entry-kinds.ts";

/** What travels beside a leaf, as far as a reader needs it. */
export interface EntryLike {
  readonly n: number;
  readonly leaf: string;
  readonly opens?: { readonly label?: { readonly value: string }; readonly alias?: { readonly value: string } };
}

export interface ReadEntry {
  readonly leaf: Leaf;
  readonly at: number;
  /** What happened, in words. */
  readonly title: string;
  readonly who: string;
  /** The command it came from, by which entries are grouped. */
  readonly command: string | null;
}

/** Reads a leaf from its own bytes; null when they are none. */
export function readEntry(entry: EntryLike): ReadEntry | null {
  try {
    const leaf = parseLeaf(decodeBase64url(entry.leaf));
    const name = entry.opens?.label?.value;
    const title = `${name ? `${name}: ` : ""}${leaf.kind === "use" ? textOfUse(leaf) : kindText(leaf.kind)}`;
    return {
      leaf,
      at: leaf.ts,
      title,
      who: actorText(leaf),
      command: leaf.cause.kind === "command" ? leaf.cause.hash : null,
    };
  } catch {
    return null;
  }
}

function textOfUse(leaf: Leaf): string {
  const data: unknown = leaf.data;
  if (
    typeof data !== "object" ||
    data === null ||
    !("ops" in data) ||
    typeof data.ops !== "object" ||
    data.ops === null
  )
    return "used";
  const counts = Object.entries(data.ops).map(([op, count]) => `${String(count)} ${op}`);
  return `used: ${counts.join(", ")} in a minute`;
}

function actorText(leaf: Leaf): string {
  switch (leaf.actor.kind) {
    case "admins":
      return leaf.actor.ids.length === 1 ? "1 administrator" : `${leaf.actor.ids.length} administrators`;
    case "client":
      return `client ${leaf.actor.id.slice(0, 8)}…`;
    case "agent":
      return "the key server";
    case "local":
      return "local administrator";
    default:
      return "a schedule";
  }
}
