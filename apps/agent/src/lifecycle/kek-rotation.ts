import { kekNumberOf, type RootKey, rewrapKeyMaterial } from "@holdfast/crypto";
import { makeKek, sealKekRow } from "../keystore/kek-ring.ts";
import { versionRowId } from "../keystore/key-reader.ts";
import { bindingOf, type Keystore } from "../keystore/keystore.ts";
import { isAuthenticRow, sealRow } from "../keystore/row.ts";
import type { Store, StoredRow } from "../keystore/store.ts";
import type { Logger } from "../logger.ts";
import type { ClockGuard } from "../self-check/clock.ts";
import type { Executor } from "./executor.ts";
import { faultPoint } from "./fault-point.ts";

/** What a rotation works on. */
export interface KekRotationParts {
  readonly store: Store;
  readonly root: RootKey;
  readonly tid: string;
  readonly keystore: Keystore;
  readonly executor: Executor;
  readonly guard: ClockGuard;
  readonly logger: Logger;
}

/** How far the material is under the newest key-encryption key. Public facts. */
export interface KekStatus {
  /** Number of the one that wraps what is new. */
  readonly current: number;
  readonly keks: readonly { readonly number: number; readonly createdAt: number }[];
  /** The pass under way, in versions of keys; null while there is none. */
  readonly rotation: { readonly done: number; readonly total: number } | null;
  /** Versions that stayed under an older one because their own row is not believed. */
  readonly left: number;
}

/** Rows of one transaction: a few milliseconds, so that use goes on between two of them. */
const BATCH = 32;

/**
 * Brings all key material under a new key-encryption key while it is used, and then destroys those before.
 *
 * Each row says which key-encryption key it is under, and each batch is one transaction: a power loss at any moment leaves
 * every version under exactly one, and the next start goes on. The first releases' stores are brought under their first
 * one in the same way.
 */
export class KekRotation {
  readonly #parts: KekRotationParts;
  #cursor = "";
  #pass: { done: number; total: number } | null = null;
  #left = 0;
  #timer: NodeJS.Timeout | null = null;
  #waiting: (() => void)[] = [];

  constructor(parts: KekRotationParts) {
    this.#parts = parts;
  }

  /** Goes on with what an earlier process left: material or keys under older ones, or a newest one that is missing. */
  resume(): void {
    const { keystore } = this.#parts;
    const { keks } = keystore;
    if (keystore.domain().recovering) return;
    if (!keks.complete) this.#make();
    if (keks.held().length > 1 || keystore.isUnderOlderKek) this.#begin();
  }

  /**
   * Makes a new key-encryption key and begins to bring everything under it; does nothing while that is under way.
   *
   * @throws {@link AdmissionError} `E_RECOVERING`, `E_LOG_CORRUPT`, `E_LOG_ROLLBACK`; {@link StoreError} `E_STORE`
   */
  rotate(): KekStatus {
    if (this.#pass === null) {
      this.#parts.executor.assertChanging(true);
      this.#make();
      this.#begin();
    }
    return this.status();
  }

  status(): KekStatus {
    const { keks } = this.#parts.keystore;
    return {
      current: keks.current.number,
      keks: keks.held().map(({ kek, createdAt }) => ({ number: kek.number, createdAt })),
      rotation: this.#pass && { ...this.#pass },
      left: this.#left,
    };
  }

  /** Resolves when no pass is under way. */
  settled(): Promise<void> {
    return this.#pass === null ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Stops between two batches; the next start goes on. */
  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#finish();
  }

  #make(): void {
    const { keystore, executor, root, tid, store, guard } = this.#parts;
    const { keks } = keystore;
    const made = makeKek(keks.next, guard.time());
    const replaces = keks.current.number;
    executor.changeByHost((unit) => {
      const data = { number: made.kek.number, replaces };
      const { n } = unit.append(executor.hostEntry("kek.create", data));
      store.putRow("kek", sealKekRow(root, made, tid, n));
      unit.afterCommit(() => keks.add(made));
      faultPoint("kek:before-commit");
    });
    faultPoint("kek:made");
    this.#parts.logger.info("kek.made", { number: made.kek.number });
  }

  #begin(): void {
    this.#cursor = "";
    this.#left = 0;
    this.#pass = { done: 0, total: this.#parts.store.rowCount("key_version") };
    this.#later();
  }

  #later(afterMs = 0): void {
    this.#timer = setTimeout(() => this.#step(), afterMs).unref();
  }

  #step(): void {
    const { logger } = this.#parts;
    this.#timer = null;
    try {
      if (this.#batch()) {
        this.#later();
        return;
      }
      this.#retire();
      this.#finish();
    } catch (cause) {
      // A disk that is full, a domain that recovers meanwhile: tried again.
      logger.error("kek.waits", { code: (cause as { code?: string }).code ?? "unknown" });
      this.#later(RETRY_MS);
    }
  }

  /** @returns whether there may be more */
  #batch(): boolean {
    const { store } = this.#parts;
    const rows = store.rowsAfter("key_version", this.#cursor, BATCH);
    const last = rows.at(-1);
    if (this.#pass === null || last === undefined) return false;
    let left = 0;
    const moved = rows.flatMap((row) => {
      const next = this.#rewrapped(row);
      if (next === null) left += 1;
      return next === null || next === row ? [] : [next];
    });
    if (moved.length > 0) {
      store.transact(() => {
        for (const row of moved) store.putRow("key_version", row);
        faultPoint("kek:batch-rows");
      });
      faultPoint("kek:batch-committed");
    }
    this.#left += left;
    this.#cursor = last.id;
    this.#pass.done += rows.length;
    return true;
  }

  /** The row under the newest; itself when it is there already, null when it is not believed. */
  #rewrapped(row: StoredRow): StoredRow | null {
    const { keystore, root, tid } = this.#parts;
    const to = keystore.keks.current;
    const number = kekNumberOf(row.body);
    if (number === to.number) return row;
    const [keyId = "", version = ""] = row.id.split("/");
    const record = keystore.findRecord(keyId);
    const from = keystore.keks.find(number);
    if (record === null || record.locked !== null || from === null || !isAuthenticRow(root, "key_version", row))
      return null;
    try {
      const body = rewrapKeyMaterial(from, to, row.body, bindingOf(tid, record, Number(version)));
      return sealRow(root, "key_version", { id: versionRowId(keyId, Number(version)), body, leaf: row.leaf });
    } catch {
      return null;
    }
  }

  /** Destroys those under which nothing is any more. */
  #retire(): void {
    const { keystore, executor, store, logger } = this.#parts;
    const { keks } = keystore;
    const older = keks.held().filter(({ kek }) => kek.number !== keks.current.number);
    if (this.#left > 0) {
      logger.error("kek.kept", { left: this.#left });
      return;
    }
    for (const { kek } of older) {
      const { number } = kek;
      executor.changeByHost((unit) => {
        unit.append(executor.hostEntry("kek.retire", { number }));
        store.removeRow("kek", String(number));
        unit.afterCommit(() => keks.remove(number));
        faultPoint("kek:before-retired");
      });
      faultPoint("kek:retired");
      logger.info("kek.retired", { number });
    }
    if (older.length > 0) store.dropRemoved();
  }

  #finish(): void {
    this.#pass = null;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

const RETRY_MS = 10_000;
