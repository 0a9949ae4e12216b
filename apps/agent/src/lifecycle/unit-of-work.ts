import { type RootKey, wrapKeyMaterial } from "@holdfast/crypto";
import type { Leaf, LeafActor, LeafCause } from "@holdfast/protocol";
import type { LogDraft, WrittenLeaf } from "../custody-log/custody-log.ts";
import type { NewLeaf } from "../custody-log/leaf.ts";
import { StoreError } from "../keystore/errors.ts";
import { versionRowId } from "../keystore/key-reader.ts";
import type { Keystore } from "../keystore/keystore.ts";
import type { LogIndex } from "../keystore/log-index.ts";
import type { ClientRecord, DomainRecord, KeyRecord } from "../keystore/records.ts";
import { encodeBody, sealRow } from "../keystore/row.ts";
import type { RowTable, Store } from "../keystore/store.ts";
import type { ClientEffect, DomainEffect, Effect, KeyEffect } from "./effect.ts";
import { clientState, domainState, keyState, type StateDocument } from "./state-document.ts";

/** Where a unit of work writes. */
export interface UnitParts {
  readonly store: Store;
  readonly root: RootKey;
  readonly tid: string;
  readonly keystore: Keystore;
  readonly index: LogIndex;
  readonly draft: LogDraft;
}

/** Who and what stands behind a change: the same in each of its entries. */
export interface Reason {
  readonly kind: string;
  readonly actor: LeafActor;
  readonly cause: LeafCause;
  readonly code?: string;
}

/** One change's entry with the hashes before and after, for its receipt. */
export interface Written extends WrittenLeaf {
  readonly pre: string | null;
  /** Null for an entry that changes no state. */
  readonly post: string | null;
}

/**
 * The writes of one transaction: rows with their MACs and entries of the log, and what memory takes over once they
 * are durable.
 */
export class UnitOfWork {
  readonly #parts: UnitParts;
  readonly #leaves: Leaf[] = [];
  readonly #afterCommit: (() => void)[] = [];
  readonly #onFailure: (() => void)[] = [];

  constructor(parts: UnitParts) {
    this.#parts = parts;
  }

  /** Appends an entry that changes no row. */
  append(entry: NewLeaf): WrittenLeaf {
    const written = this.#parts.draft.append(entry);
    this.#leaves.push(written.leaf);
    return written;
  }

  /** Carries an effect out: its entry, its rows, its material. */
  perform(effect: Effect, reason: Reason): Written {
    if (effect.on === "key") return this.#performKey(effect, reason);
    if (effect.on === "client") return this.#performClient(effect, reason);
    if (effect.on === "entry") {
      const { subject, data } = effect;
      return { ...this.append({ ...reason, subject, data }), pre: null, post: null };
    }
    return this.#performDomain(effect, reason);
  }

  /** Writes a row tied to entry `leaf`. */
  putRow(table: RowTable, id: string, record: object, leaf: number): void {
    this.#parts.store.putRow(table, sealRow(this.#parts.root, table, { id, body: encodeBody(record), leaf }));
  }

  removeRow(table: RowTable, id: string): void {
    this.#parts.store.removeRow(table, id);
  }

  /** Registers what memory takes over when the transaction is durable. */
  afterCommit(work: () => void): void {
    this.#afterCommit.push(work);
  }

  /** Takes something in memory back if the transaction does not come to be. */
  onFailure(work: () => void): void {
    this.#onFailure.push(work);
  }

  /** Runs the transaction. */
  attempt<T>(transaction: () => T): T {
    try {
      return transaction();
    } catch (error) {
      for (const work of this.#onFailure) work();
      throw error;
    }
  }

  /** Brings memory up to what was committed. */
  adopt(): void {
    for (const leaf of this.#leaves) this.#parts.index.note(leaf);
    for (const work of this.#afterCommit) work();
  }

  #performKey(effect: KeyEffect, reason: Reason): Written {
    const { tid, keystore, root } = this.#parts;
    const { before, after, created, earlier = [], dropped, names, data } = effect;
    if (before !== null && reason.cause.kind === "schedule") this.#claim(before);
    const written = this.#entry(after.id, before && keyState(tid, before), keyState(tid, after), {
      ...reason,
      names,
      data,
    });
    const record: KeyRecord = {
      ...after,
      versions: after.versions.map((each) =>
        (created && each.version === after.current) || earlier.some(({ version }) => version === each.version)
          ? { ...each, leaf: written.n }
          : each,
      ),
      changedAt: written.leaf.ts,
      leaf: effect.movesHead ? written.n : after.leaf,
      rowLeaf: written.n,
    };
    this.#putRecord("key", record, written.n);
    const made = created === undefined ? earlier : [...earlier, { version: after.current, handle: created }];
    for (const { version, handle } of made) {
      const row = {
        id: versionRowId(after.id, version),
        body: wrapKeyMaterial(keystore.keks.current, handle, tid),
        leaf: written.n,
      };
      this.#parts.store.putRow("key_version", sealRow(root, "key_version", row));
    }
    if (dropped && after.store === "hsm") keystore.tokens?.dropping(after.id, dropped);
    for (const version of dropped ?? []) this.removeRow("key_version", versionRowId(after.id, version));
    this.afterCommit(() => {
      for (const { handle } of made) handle.zeroize();
      if (dropped) keystore.dropHandles(after.id, dropped);
      if (isSetAside(record) && !(before !== null && isSetAside(before))) keystore.dropHandles(after.id);
      keystore.replaceKey(record, before);
    });
    return written;
  }

  /** A run of a schedule is whose transaction first finds the row as it was read: two agents never both run it. */
  #claim({ id, rowLeaf }: KeyRecord): void {
    if (this.#parts.store.findRow("key", id)?.leaf !== rowLeaf)
      throw new StoreError("E_STORE", "Another agent has run the schedule.", { id });
  }

  #performClient({ before, after, names }: ClientEffect, reason: Reason): Written {
    const { tid, keystore } = this.#parts;
    const written = this.#entry(after.id, before && clientState(tid, before), clientState(tid, after), {
      ...reason,
      names,
    });
    const record: ClientRecord = { ...after, leaf: written.n };
    this.#putRecord("client", record, written.n);
    this.afterCommit(() => keystore.replaceClient(record));
    return written;
  }

  #performDomain({ before, after }: DomainEffect, reason: Reason): Written {
    const written = this.#entry(after.tid, domainState(before), domainState(after), reason);
    const record: DomainRecord = { ...after, leaf: written.n };
    this.putRow("setting", "domain", record, written.n);
    this.afterCommit(() => this.#parts.keystore.replaceDomain(record));
    return written;
  }

  #entry(
    subject: string,
    pre: StateDocument | null,
    post: StateDocument,
    rest: Reason & Pick<NewLeaf, "names" | "data">,
  ): Written {
    const hashes = { pre: pre?.hash, post: post.hash };
    const written = this.append({ ...rest, subject, ...hashes, state: post.bytes });
    return { ...written, pre: pre?.hash ?? null, post: post.hash };
  }

  #putRecord(table: "key" | "client", record: KeyRecord | ClientRecord, leaf: number): void {
    const { locked: _, ...stored } = record;
    this.putRow(table, record.id, stored, leaf);
  }
}

/** Whether an object is not to be used for now, so that its material is better not in memory. */
function isSetAside({ state, dates }: KeyRecord): boolean {
  return state === "compromised" || dates.suspended !== undefined || dates.archived !== undefined;
}
