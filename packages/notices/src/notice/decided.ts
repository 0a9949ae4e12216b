import { decodeBase64url, type LeafKind, parseLeaf } from "@holdfast/protocol";
import type { NoticeItem } from "./notice.ts";

/** Entries of a custody log that are told once they stand there, whether or not they ever waited. */
export const DECIDED_KINDS: readonly LeafKind[] = [
  "roster",
  "roster.signed",
  "roster.cancelled",
  "roster.refused",
  "command.cancelled",
  "domain.lock",
  "domain.unlock",
  "key.destroy",
];

/**
 * What a `changes.decided` notice says of an entry; null for one that decides nothing of the kind.
 *
 * @param leaf - The entry's leaf in base64url.
 * @throws ProtocolError for what is no leaf
 */
export function decidedItem(leaf: string): NoticeItem | null {
  const { kind: act, subject, aid, ts: at, code } = parseLeaf(decodeBase64url(leaf));
  if (!DECIDED_KINDS.includes(act)) return null;
  return { ...aboutOf(act, subject, aid), act, at, ...(code === undefined ? {} : { code }) };
}

function aboutOf(act: LeafKind, subject: string, aid: string): NoticeItem {
  if (act.startsWith("roster")) return { kind: "administrators", id: subject };
  if (act.startsWith("domain.")) return { kind: "agent", id: aid };
  return act === "key.destroy" ? { kind: "key", id: subject } : { kind: "command", id: subject };
}
