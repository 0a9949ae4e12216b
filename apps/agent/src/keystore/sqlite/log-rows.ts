import type { DatabaseSync } from "node:sqlite";
import type { LogRows, StoredLeaf } from "../store.ts";
import { openDatabase } from "./open-database.ts";

/** The log's rows of an open database. */
export function logRowsOf(database: DatabaseSync): LogRows {
  const leaves = database.prepare(
    "SELECT n, bytes, opens, state, receipt, envelope FROM leaf WHERE n >= ? ORDER BY n LIMIT ?",
  );
  const bytes = database.prepare("SELECT n, bytes FROM leaf ORDER BY n");
  const node = database.prepare("SELECT hash FROM node WHERE level = ? AND idx = ?");
  return {
    leaves: (from, limit) => leaves.all(from, limit) as unknown as StoredLeaf[],
    leafBytes: () => bytes.iterate() as unknown as Iterable<Pick<StoredLeaf, "n" | "bytes">>,
    findNode(level, index) {
      const hash = node.get(level, index)?.hash;
      return hash instanceof Uint8Array ? hash : null;
    },
  };
}

/** The log's rows of the store at `path`, beside whoever has it open, to read only. @throws {@link StoreError} as `openDatabase` */
export function openLogRows(path: string): LogRows & { close(): void } {
  const database = openDatabase(path, { readOnly: true });
  return { ...logRowsOf(database), close: () => database.close() };
}
