import { decodeBase64url, type Leaf, parseLeaf } from "@holdfast/protocol";

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

const KINDS: Readonly<Record<string, string>> = {
  genesis: "environment born",
  roster: "administrators changed",
  "key.create": "key created",
  "key.rotate": "key rotated",
  "key.suspend": "key suspended",
  "key.resume": "key resumed",
  "key.activate": "key activated",
  "key.deactivate": "key retired",
  "key.compromise": "key marked as exposed",
  "key.destroy": "key destroyed",
  "key.label": "key renamed",
  "client.enrol": "client added",
  "client.revoke": "client revoked",
  "domain.lock": "environment locked",
  "domain.unlock": "environment unlocked",
  "restore.accept": "restored state accepted",
  "command.refused": "request refused",
  "command.scheduled": "request waits its delay",
  "command.cancelled": "request rejected",
  "command.expired": "request ran out",
  use: "used",
  release: "key handed out",
  "agent.start": "key server started",
  "agent.unseal": "key server unsealed",
  "agent.seal": "key server sealed",
  "agent.link": "key server connected",
  clock: "clock stepped",
  backup: "backup made",
  restore: "restored from backup",
  loss: "loss accepted",
  report: "report made",
  attest: "key server described itself",
};

export const ENTRY_KINDS = Object.keys(KINDS);

/** Reads a leaf from its own bytes; null when they are none. */
export function readEntry(entry: EntryLike): ReadEntry | null {
  try {
    const leaf = parseLeaf(decodeBase64url(entry.leaf));
    const name = entry.opens?.label?.value;
    const title = `${name ? `${name}: ` : ""}${leaf.kind === "use" ? textOfUse(leaf) : (KINDS[leaf.kind] ?? leaf.kind)}`;
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

export function kindText(kind: string): string {
  return KINDS[kind] ?? kind;
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
