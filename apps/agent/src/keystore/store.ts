/**
 * Tables of authoritative rows: each row carries the entry that names it and a MAC. No entry names an introduction: it
 * decides nothing until a command that names it does.
 */
export type RowTable =
  | "key"
  | "key_version"
  | "client"
  | "receipt"
  | "roster_link"
  | "setting"
  | "scheduled"
  | "introduction"
  | "proposed_link"
  | "kek";

/** One authoritative row. `body` is JSON, or wrapped key material in `key_version`. */
export interface StoredRow {
  readonly id: string;
  readonly body: Uint8Array;
  /** Index of the custody-log entry that last named this row. */
  readonly leaf: number;
  readonly mac: Uint8Array;
}

/** One entry of the custody log as stored, with what travels beside it. */
export interface StoredLeaf {
  readonly n: number;
  readonly bytes: Uint8Array;
  readonly opens: string | null;
  readonly state: Uint8Array | null;
  readonly receipt: string | null;
  readonly envelope: Uint8Array | null;
}

/** The custody log's rows, as they are read when it is verified. */
export interface LogRows {
  leaves(from: number, limit: number): StoredLeaf[];
  /** Index and bytes of every entry, in order. The store must not be written meanwhile. */
  leafBytes(): Iterable<Pick<StoredLeaf, "n" | "bytes">>;
  /** A stored node of the log's tree; null for one that is not there. */
  findNode(level: number, index: number): Uint8Array | null;
}

/** A command that waits for approvals. Not authoritative: its approvals verify themselves. */
export interface StoredPending {
  readonly hash: string;
  readonly body: string;
}

/** How the disk under the store has behaved since it was opened. */
export interface DiskState {
  /** How often it did not make something durable. */
  readonly failures: number;
  /** When it last did not, Unix seconds; null while it never did since the start. */
  readonly failedAt: number | null;
  /** Since when something is not durable for certain: nothing more is written until it is. Null where all is. */
  readonly doubtfulSince: number | null;
}

/**
 * Where the agent keeps its state. Implemented by sqlite/; the wrapped keys and MACs make its contents worthless and
 * unchangeable without the root key, so the implementation needs no trust beyond keeping bytes.
 *
 * All methods are synchronous: admission's transaction awaits nothing.
 */
export interface Store extends LogRows {
  /**
   * Runs `work` in the one write transaction; what it wrote is durable on return, or nothing is.
   *
   * @throws {@link StoreError} `E_STORE` when the store refuses; errors of `work` pass through after rollback.
   */
  transact<T>(work: () => T): T;
  /**
   * The same without the wait for the disk: everything after it sees what was written, which is durable as soon as
   * {@link sync} has returned, a later {@link syncLater} has resolved or a later {@link transact} has returned.
   *
   * @throws {@link StoreError} as {@link transact}
   */
  transactUnsynced<T>(work: () => T): T;
  /**
   * Waits for the disk. After a failure everything is written again, here and before each transaction, until the disk takes it.
   *
   * @throws {@link StoreError} `E_STORE`
   */
  sync(): void;
  /** The same in another thread. Rejects with {@link StoreError} `E_STORE`. */
  syncLater(): Promise<void>;
  readonly disk: DiskState;
  /** Every row, in the order of ids. */
  rows(table: RowTable): Iterable<StoredRow>;
  /** At most `limit` rows whose id comes after `id`, in the order of ids. */
  rowsAfter(table: RowTable, id: string, limit: number): StoredRow[];
  rowCount(table: RowTable): number;
  findRow(table: RowTable, id: string): StoredRow | null;
  putRow(table: RowTable, row: StoredRow): void;
  removeRow(table: RowTable, id: string): void;
  /** Has nothing that was removed or replaced before stay in the store's files. */
  dropRemoved(): void;

  putLeaf(leaf: StoredLeaf): void;
  putNode(level: number, index: number, hash: Uint8Array): void;

  pending(): StoredPending[];
  putPending(pending: StoredPending): void;
  removePending(hash: string): void;

  /** Adds to the counters of refusals by code and minute, and forgets those before `keepFrom`. */
  countRefusals(
    counts: readonly { readonly code: string; readonly minute: number; readonly count: number }[],
    keepFrom: number,
  ): void;
  refusals(): { readonly code: string; readonly minute: number; readonly count: number }[];
}
