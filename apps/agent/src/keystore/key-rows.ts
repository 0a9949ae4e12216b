import { KeyIndexes } from "./key-indexes.ts";
import { type RowSource, readKeyRow } from "./key-reader.ts";
import { KeyRecords } from "./key-records.ts";
import type { LogIndex } from "./log-index.ts";
import type { KeyRecord } from "./records.ts";

/**
 * Every row of a key, read and held against its MAC: what a start can do while the log is still being read. Of each, the
 * entry that it names is remembered, to be held against the log afterwards.
 *
 * Treats every row as hostile.
 */
export class KeyRows {
  readonly records = new KeyRecords();
  readonly indexes = new KeyIndexes();
  readonly #ids: string[] = [];
  readonly #leaves: number[] = [];

  static read(source: RowSource): KeyRows {
    const rows = new KeyRows();
    for (const row of source.store.rows("key")) {
      rows.#ids.push(row.id);
      rows.#leaves.push(row.leaf);
      rows.add(readKeyRow(source, row));
    }
    return rows;
  }

  /** Some key that is there; empty without any. */
  get anyId(): string {
    return this.#ids.at(-1) ?? "";
  }

  add(record: KeyRecord): void {
    this.indexes.take(record);
    this.records.fill(record);
  }

  /**
   * Holds every row against the log.
   *
   * @returns ids of rows that are not the newest ones that it names, and ids that it names and that have no row
   */
  against(index: LogIndex): { readonly unlike: readonly string[]; readonly missing: readonly string[] } {
    const unlike: string[] = [];
    let named = 0;
    for (const [place, id] of this.#ids.entries()) {
      const entry = index.lastEntry(id);
      if (entry !== null) named += 1;
      if (entry !== this.#leaves[place]) unlike.push(id);
    }
    const missing: string[] = [];
    if (named !== countOf(index.named("k_"))) {
      const there = new Set(this.#ids);
      for (const id of index.named("k_")) if (!there.has(id)) missing.push(id);
    }
    return { unlike, missing };
  }
}

function countOf(ids: Iterable<string>): number {
  let count = 0;
  for (const _ of ids) count += 1;
  return count;
}
