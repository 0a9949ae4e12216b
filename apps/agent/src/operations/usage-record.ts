import type { Executor } from "../lifecycle/executor.ts";
import type { UseRow } from "../lifecycle/host-entry.ts";
import type { Logger } from "../logger.ts";
import type { Caller } from "./caller.ts";
import type { CoarseClock } from "./coarse-clock.ts";
import { UseBucket } from "./use-bucket.ts";
import { UseDetail } from "./use-detail.ts";

/** A use to be counted. */
export interface Use {
  readonly keyId: string;
  readonly version: number;
  readonly op: string;
  /** Bytes protected or opened. */
  readonly bytes: number;
  /** Of a batch: how many. */
  readonly count?: number;
}

/** What the record is kept with. */
export interface UsageParts {
  readonly executor: Pick<Executor, "recordUse">;
  readonly clock: CoarseClock;
  readonly logger: Logger;
  readonly dataDirectory: string;
}

/**
 * Counts use by key, client and minute, and rolls it into the custody log: counts, bytes and the Merkle root of the
 * local detail.
 *
 * Counting is a few additions in memory; a minute's roll-ups are one transaction. What an agent that is killed had
 * not rolled up is lost from the log, at most a minute of it; what the log does not take at present (recovering, a full
 * disk) is kept and offered again.
 *
 * @see docs/spec, protocol section 10
 */
export class UsageRecord {
  readonly #parts: UsageParts;
  readonly #detail: UseDetail;
  readonly #buckets = new Map<string, Map<string, UseBucket>>();
  readonly #seenFrom = new Map<string, string>();
  #closed: UseBucket[] = [];
  #waiting: UseRow[] = [];

  constructor(parts: UsageParts) {
    this.#parts = parts;
    this.#detail = new UseDetail(parts.dataDirectory);
  }

  /** Counts a use that has just been carried out. */
  add(caller: Caller, { keyId, version, op, bytes, count = 1 }: Use): void {
    const at = this.#parts.clock.now();
    this.#bucket(keyId, caller, Math.floor(at / 60)).add({
      at,
      op,
      version,
      from: caller.from,
      bytes,
      count,
    });
  }

  /** Where a client was last seen to use a key since the start, to the minute; null when it was not. */
  seenFrom(clientId: string): string | null {
    return this.#seenFrom.get(clientId) ?? null;
  }

  /** Encryptions under a key that are counted but not in the custody log yet. */
  unrecorded(keyId: string): number {
    let sum = 0;
    for (const bucket of this.#buckets.get(keyId)?.values() ?? []) sum += bucket.encryptions;
    for (const bucket of this.#closed) if (bucket.keyId === keyId) sum += bucket.encryptions;
    for (const row of this.#waiting)
      if (row.keyId === keyId) sum += (row.ops.encrypt ?? 0) + (row.ops.datakey ?? 0) + (row.ops.reencrypt ?? 0);
    return sum;
  }

  /** Roll-ups that the custody log has not taken yet. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Rolls up the minutes that are over. */
  roll(): void {
    const minute = Math.floor(this.#parts.clock.now() / 60);
    this.#flush((bucket) => bucket.minute < minute);
  }

  /** Rolls up everything, also the minute that is not over. */
  flush(): void {
    this.#flush(() => true);
  }

  #bucket(keyId: string, { client, from }: Caller, minute: number): UseBucket {
    const clientId = client.id;
    const byClient = this.#buckets.get(keyId) ?? new Map<string, UseBucket>();
    const current = byClient.get(clientId);
    if (current?.minute === minute) return current;
    if (current) this.#closed.push(current);
    const bucket = new UseBucket(keyId, clientId, minute);
    this.#seenFrom.set(clientId, from);
    byClient.set(clientId, bucket);
    this.#buckets.set(keyId, byClient);
    return bucket;
  }

  #flush(isDue: (bucket: UseBucket) => boolean): void {
    const due = this.#closed;
    this.#closed = [];
    for (const [keyId, byClient] of this.#buckets) {
      for (const [clientId, bucket] of byClient) {
        if (!isDue(bucket)) continue;
        due.push(bucket);
        byClient.delete(clientId);
      }
      if (byClient.size === 0) this.#buckets.delete(keyId);
    }
    const rollUps = due.map((bucket) => bucket.close());
    this.#writeDetail(rollUps);
    this.#offer([...this.#waiting, ...rollUps.map(({ row }) => row)]);
  }

  #writeDetail(rollUps: readonly { row: UseRow; lines: string[] }[]): void {
    if (rollUps.length === 0) return;
    try {
      this.#detail.write(rollUps);
    } catch {
      this.#parts.logger.error("use.detail-unwritten", { rollUps: rollUps.length });
    }
  }

  #offer(rows: UseRow[]): void {
    this.#waiting = rows;
    if (rows.length === 0) return;
    try {
      if (this.#parts.executor.recordUse(rows)) this.#waiting = [];
    } catch {
      this.#parts.logger.error("use.unrecorded", { rollUps: rows.length });
    }
  }
}
