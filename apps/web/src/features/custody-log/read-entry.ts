import { decodeBase64url, type Leaf, limitSpent, parseLeaf } from "@holdfast/protocol";
import { showNumber } from "../../components/number-text.ts";
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
    const title = `${name ? `${name}: ` : ""}${textOf(leaf)}`;
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

function textOf(leaf: Leaf): string {
  if (leaf.kind === "use") return textOfUse(leaf);
  if (leaf.cause.kind === "schedule") return textOfRun(leaf);
  if (limitSpent(leaf) !== null) return `${showNumber(limitSpent(leaf) ?? 0)} of its usage limit given out so far`;
  if (leaf.kind === "roster" && leaf.data?.["learnt"] !== undefined)
    return "change of administrators from before, learnt after a restore";
  const isDated = leaf.actor.kind === "agent" && leaf.cause.kind === "host" && STEPS_OF_DATES.includes(leaf.kind);
  return isDated ? `${kindText(leaf.kind)} on its planned date` : kindText(leaf.kind);
}

/** What a schedule's run came to. */
function textOfRun({ kind, data }: Leaf): string {
  if (kind !== "schedule.run") return `${kindText(kind)} by its schedule`;
  if (data?.["outcome"] === "in-use") return "schedule looked: the key is in use and stays";
  return data?.["outcome"] === "held" ? "rotation is due in the product that holds the key" : kindText(kind);
}

/** Steps that a key's planned dates take. */
const STEPS_OF_DATES: readonly string[] = ["key.activate", "key.deactivate"];

/** Uses whose words are not those of the log. */
const USES: Readonly<Record<string, string>> = {
  datakey: "data key",
  verifymac: "MAC check",
  mac: "MAC",
  encapsulate: "encapsulation",
  decapsulate: "decapsulation",
  agree: "agreement",
};

/** Who did it as the end of a sentence about it: `key activated` `by client db-07`. */
export function byText({ leaf, who }: Pick<ReadEntry, "leaf" | "who">, client: string | null): string {
  const named = client === null ? who : `client ${client}`;
  return leaf.kind === "release" && leaf.actor.kind === "client" ? `to ${named}` : `by ${named}`;
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
  const counts = Object.entries(data.ops).map(([op, count]) => `${String(count)} ${USES[op] ?? op}`);
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
