import { type EntryLike, type ReadEntry, readEntry } from "./read-entry.ts";

export interface EntryGroup<Entry extends EntryLike = EntryLike> {
  readonly key: string;
  readonly command: string | null;
  readonly entries: readonly (Entry & { readonly read: ReadEntry | null })[];
}

/** Neighbouring entries that one command wrote, together; everything else alone. */
export function groupByCommand<Entry extends EntryLike>(entries: readonly Entry[]): EntryGroup<Entry>[] {
  const groups: { key: string; command: string | null; entries: (Entry & { read: ReadEntry | null })[] }[] = [];
  for (const entry of entries) {
    const read = readEntry(entry);
    const last = groups.at(-1);
    if (last && read?.command && last.command === read.command) last.entries.push({ ...entry, read });
    else groups.push({ key: `${entry.n}`, command: read?.command ?? null, entries: [{ ...entry, read }] });
  }
  return groups;
}
