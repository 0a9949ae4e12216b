import { decodeBase64url, type Entry, parseEnvelope, parseLeaf } from "@holdfast/protocol";
import { readCommand } from "../approvals/read-command.ts";

/** A release that administrators approved, as the log tells. */
export interface ApprovedRelease {
  /** The command's hash. */
  readonly cmd: string;
  readonly n: number;
  readonly at: number;
  /** Until when custodians' tools give shares for it; null where the command's text is kept from the dashboard. */
  readonly exp: number | null;
  /** The request with its approvals, as the new key server takes it; null where it is kept from the dashboard. */
  readonly envelope: string | null;
  /** The entry that says that the backup was restored under it. */
  readonly restored: { readonly n: number; readonly at: number; readonly seats: readonly string[] } | null;
}

/** Releases from entries of kind `escrow.release`, newest first, with the restores that followed. */
export function readReleases(
  approved: readonly Pick<Entry, "leaf" | "envelope">[],
  restores: readonly Pick<Entry, "leaf">[],
): readonly ApprovedRelease[] {
  const done = new Map(restores.flatMap(readRestore));
  return approved.flatMap(({ leaf, envelope }) => {
    const read = findLeaf(leaf);
    if (read?.kind !== "escrow.release" || read.cause.kind !== "command" || read.code !== undefined) return [];
    const cmd = read.cause.hash;
    const text = envelope === undefined ? null : new TextDecoder().decode(decodeBase64url(envelope));
    return [
      {
        ...{ cmd, n: read.n, at: read.ts, envelope: text },
        exp: endOf(envelope, cmd),
        restored: done.get(cmd) ?? null,
      },
    ];
  });
}

function readRestore({ leaf }: Pick<Entry, "leaf">): [string, NonNullable<ApprovedRelease["restored"]>][] {
  const read = findLeaf(leaf);
  const [release, seats] = [read?.data?.["release"], read?.data?.["seats"]];
  if (read?.kind !== "restore" || typeof release !== "string" || !Array.isArray(seats)) return [];
  return [[release, { n: read.n, at: read.ts, seats: seats.filter((seat) => typeof seat === "string") }]];
}

function endOf(envelope: string | undefined, cmd: string): number | null {
  if (envelope === undefined) return null;
  try {
    return readCommand(parseEnvelope(decodeBase64url(envelope)).doc, cmd)?.command.exp ?? null;
  } catch {
    return null;
  }
}

function findLeaf(leaf: string) {
  try {
    return parseLeaf(decodeBase64url(leaf));
  } catch {
    return null;
  }
}
