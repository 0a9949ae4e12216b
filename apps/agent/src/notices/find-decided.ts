import { decidedItem } from "@holdfast/notices";
import type { Domain } from "../domain.ts";
import type { Finding } from "./find-notices.ts";

/** Most entries that one look reads. */
const MOST_ENTRIES = 1_000;

/** Decisions of the log from an entry on, and up to where it was read. */
export interface Decided {
  readonly findings: readonly Finding[];
  readonly next: number;
}

/** Reads what was decided since entry `from`, from the log itself: what was fully approved at once never waited. */
export function findDecided({ log, keystore }: Domain, from: number): Decided {
  const entries = log.entries(from, MOST_ENTRIES);
  const findings = entries.flatMap(({ n, leaf }): Finding[] => {
    const item = decidedItem(leaf);
    if (item === null) return [];
    const name = item.kind === "key" ? keystore.findKey(item.id)?.label : undefined;
    const named = name === undefined ? item : { ...item, name };
    return [{ kind: "changes.decided", subject: `${n}`, item: named }];
  });
  return { findings, next: from + entries.length };
}
