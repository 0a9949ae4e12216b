import type { NoticeItem } from "@holdfast/notices";
import { decodeBase64url, type LeafKind, parseLeaf } from "@holdfast/protocol";
import type { Domain } from "../domain.ts";
import type { Finding } from "./find-notices.ts";

/** Most entries that one look reads. */
const MOST_ENTRIES = 1_000;
/** What is told once it stands in the log, whether or not it ever waited. */
const DECIDED: ReadonlySet<LeafKind> = new Set<LeafKind>([
  "roster",
  "roster.signed",
  "roster.cancelled",
  "roster.refused",
  "command.cancelled",
  "domain.lock",
  "domain.unlock",
  "key.destroy",
]);

/** Decisions of the log from an entry on, and up to where it was read. */
export interface Decided {
  readonly findings: readonly Finding[];
  readonly next: number;
}

/** Reads what was decided since entry `from`, from the log itself: what was fully approved at once never waited. */
export function findDecided({ log, keystore, aid }: Domain, from: number): Decided {
  const entries = log.entries(from, MOST_ENTRIES);
  const findings = entries.flatMap(({ n, leaf: bytes }): Finding[] => {
    const { kind: act, subject, ts, code } = parseLeaf(decodeBase64url(bytes));
    if (!DECIDED.has(act)) return [];
    const about = aboutOf(act, subject, keystore, aid);
    const item = { ...about, act, at: ts, ...(code === undefined ? {} : { code }) };
    return [{ kind: "changes.decided", subject: `${n}`, item }];
  });
  return { findings, next: from + entries.length };
}

function aboutOf(act: LeafKind, subject: string, keystore: Domain["keystore"], aid: string): NoticeItem {
  if (act.startsWith("roster")) return { kind: "administrators", id: subject };
  if (act.startsWith("domain.")) return { kind: "agent", id: aid };
  if (act !== "key.destroy") return { kind: "command", id: subject };
  const name = keystore.findKey(subject)?.label;
  return { kind: "key", id: subject, ...(name === undefined ? {} : { name }) };
}
