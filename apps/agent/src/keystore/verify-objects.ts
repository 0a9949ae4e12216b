import type { KekRing } from "./kek-ring.ts";
import { KeyReader, type ReaderParts } from "./key-reader.ts";
import type { LockReason } from "./records.ts";
import { isAuthenticRow } from "./row.ts";
import type { RowTable } from "./store.ts";

/** What stored objects are held against. */
interface VerifyParts extends ReaderParts {
  readonly tid: string;
  readonly keks: Pick<KekRing, "find">;
}

/** An object whose stored row or material is not the one that the custody log names. */
interface UnlikeObject {
  readonly id: string;
  readonly kind: "key" | "client" | "domain";
  readonly code: LockReason;
}

/**
 * Holds every object that the custody log names against its row as the store has it now, as a start does; of a key its wrapped
 * material too. Yields after each: what is wrong, or null.
 *
 * Caller must: have everything written be durable and known to the index whenever it goes on. Treats every row as hostile.
 */
export function* verifyObjects(parts: VerifyParts): Generator<UnlikeObject | null> {
  const { index, keks, tid } = parts;
  const domain = rowProblem(parts, "setting", "domain", tid);
  yield domain === null ? null : { id: tid, kind: "domain", code: domain };
  const keys = new KeyReader(parts, (number) => (keks.find(number) === null ? "E_STATE_ROLLBACK" : null));
  for (const id of [...index.named("k_")]) {
    const code = keys.find(id)?.locked ?? null;
    yield code === null ? null : { id, kind: "key", code };
  }
  for (const id of [...index.named("c_")]) {
    const code = rowProblem(parts, "client", id, id);
    yield code === null ? null : { id, kind: "client", code };
  }
}

/** @param subject - As the log names what is in the row */
function rowProblem(
  { store, root, index }: VerifyParts,
  table: RowTable,
  id: string,
  subject: string,
): LockReason | null {
  const row = store.findRow(table, id);
  if (row === null) return "E_STATE_ROLLBACK";
  if (!isAuthenticRow(root, table, row)) return "E_STATE_MAC";
  return row.leaf === index.lastEntry(subject) ? null : "E_STATE_ROLLBACK";
}
