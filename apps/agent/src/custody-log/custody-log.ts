import { randomBytes } from "@holdfast/crypto";
import { encodeBase64url, encodeLeaf, type Leaf, nameCommitment } from "@holdfast/protocol";
import { appendNodes, consistencyProof, inclusionProof, rootAt, TlogError, verifyInclusion } from "@holdfast/tlog";
import { StoreError } from "../keystore/errors.ts";
import type { Store, StoredLeaf } from "../keystore/store.ts";
import type { ClockGuard } from "../self-check/clock.ts";
import type { CheckpointWriter, CosignedHead } from "./checkpoint-writer.ts";
import { type LogEntry, toEntry } from "./entry.ts";
import { keepNode, readNode } from "./kept-nodes.ts";
import type { LeafNames, NewLeaf } from "./leaf.ts";
import { RightEdge } from "./right-edge.ts";
import { leafHash, nodeHash } from "./tree-hash.ts";

/** A leaf as written, with its index. */
export interface WrittenLeaf {
  readonly n: number;
  readonly leaf: Leaf;
}

/** Size and root of the tree. */
export interface LogHead {
  readonly size: number;
  readonly root: Uint8Array;
}

/** Whose log, and with what it is written. */
export interface CustodyLogParts {
  readonly store: Store;
  readonly tid: string;
  readonly aid: string;
  readonly guard: ClockGuard;
  readonly checkpoints: CheckpointWriter;
  readonly head: LogHead;
}

/**
 * The domain's custody log: what happened to keys and trust, as an RFC 6962 tree in the store.
 *
 * It is read by everybody and written by the executor alone, through a {@link LogDraft} inside the executor's
 * transaction; the log moves on only when that transaction is durable. Drafts go on from the newest one that was written,
 * durable or not.
 *
 * @see docs/spec, protocol section 10
 */
export class CustodyLog {
  readonly #parts: CustodyLogParts;
  readonly #listeners: ((from: number) => void)[] = [];
  #head: LogHead;
  #written: { readonly head: LogHead; readonly edge: RightEdge };

  constructor(parts: CustodyLogParts) {
    this.#parts = parts;
    this.#head = parts.head;
    this.#written = { head: parts.head, edge: new RightEdge(this.#node) };
  }

  get size(): number {
    return this.#head.size;
  }

  get head(): LogHead {
    return this.#head;
  }

  /** Root of the whole tree, base64url. */
  root(): string {
    return encodeBase64url(this.#head.root);
  }

  /** At most `limit` entries from index `from` on, with what opens them. */
  entries(from: number, limit: number): LogEntry[] {
    return this.#parts.store.leaves(from, Math.max(0, Math.min(limit, this.size - from))).map(toEntry);
  }

  /** The newest signed checkpoint note, with the cosignatures known for it. Empty before the first one. */
  checkpoint(): string {
    return this.#parts.checkpoints.current();
  }

  /** Signs a checkpoint if the log has grown since the last one, and writes it beside the store. */
  signCheckpoint(): string {
    return this.#parts.checkpoints.sign(this.#head);
  }

  /**
   * Takes a witness's answer: lines that do not verify or are of unknown witnesses are refused.
   *
   * @param of - The note that it was shown; the newest without it.
   * @throws {@link TlogError} `V_SIGNATURE`, `W_UNAVAILABLE`, `V_MALFORMED`
   */
  async addCosignature(answer: string, of?: string): Promise<void> {
    await this.#parts.checkpoints.addCosignature(answer, of);
  }

  /** Calls back whenever another head was signed, with its note and size. */
  onSigned(listener: (note: string, size: number) => void): void {
    this.#parts.checkpoints.onSigned(listener);
  }

  /** Calls back for every cosignature of a known witness. */
  onCosigned(listener: (cosigned: CosignedHead) => void): void {
    this.#parts.checkpoints.onCosigned(listener);
  }

  /** The tree of this log's first `size` entries. @throws {@link StoreError} `E_NOT_FOUND` */
  headAt(size: number): LogHead {
    this.#assertSize(size);
    return { size, root: rootAt(size, this.#node) };
  }

  /** A signed note of an earlier head, kept nowhere: what this agent holds, as evidence. */
  noteAt(size: number): string {
    return this.#parts.checkpoints.signAside(this.headAt(size));
  }

  /** Inclusion proof of entry `n` in the tree of `size` entries, base64url. @throws {@link TlogError} `V_MALFORMED` */
  inclusion(n: number, size: number): string[] {
    this.#assertSize(size);
    return inclusionProof(n, size, this.#node).map(encodeBase64url);
  }

  /** Whether these bytes are those of entry `n` of the tree. */
  holds(n: number, bytes: Uint8Array): boolean {
    const { size, root } = this.#head;
    try {
      const proof = inclusionProof(n, size, this.#node);
      verifyInclusion({ index: n, size, leaf: leafHash(bytes), root, proof });
      return true;
    } catch (error) {
      if (error instanceof TlogError || error instanceof StoreError) return false;
      throw error;
    }
  }

  /** Consistency proof between two sizes, base64url. @throws {@link TlogError} `V_MALFORMED` */
  consistency(from: number, to: number): string[] {
    this.#assertSize(to);
    return consistencyProof(from, to, this.#node).map(encodeBase64url);
  }

  /** Calls back after entries became durable, with the index of the first one. */
  onAppend(listener: (from: number) => void): void {
    this.#listeners.push(listener);
  }

  /** Begins writing. Caller must: be inside the store's transaction, {@link goOnFrom} the draft and {@link adopt} it. */
  draft(): LogDraft {
    const { head, edge } = this.#written;
    return new LogDraft(this.#parts, head, edge.copy());
  }

  /** Lets the next draft go on from one whose transaction is over, also before it is durable. */
  goOnFrom(draft: LogDraft): void {
    if (draft.head.size > this.#written.head.size) this.#parts.guard.noteEntry(draft.ts);
    this.#written = draft;
  }

  /** Takes a durable draft over as the log's head. Caller must: do so in the order in which they were written. */
  adopt(draft: LogDraft): void {
    const from = this.#head.size;
    this.#head = draft.head;
    if (draft.head.size > from) for (const listener of this.#listeners) listener(from);
  }

  readonly #node = (level: number, index: number): Uint8Array => readNode(this.#parts.store, level, index);

  #assertSize(size: number): void {
    if (!Number.isSafeInteger(size) || size < 0 || size > this.#head.size) {
      throw new StoreError("E_NOT_FOUND", "The log has no tree of that size.", { size: this.#head.size });
    }
  }
}

/** Entries being written inside one transaction. */
export class LogDraft {
  readonly #parts: CustodyLogParts;
  readonly #rows: StoredLeaf[] = [];
  /** The newest nodes of the tree with what is drafted. */
  readonly edge: RightEdge;
  /** Entries of one transaction have one time. */
  #ts: number;
  #head: LogHead;
  #size: number;

  constructor(parts: CustodyLogParts, head: LogHead, edge: RightEdge) {
    this.#parts = parts;
    this.#head = head;
    this.#size = head.size;
    this.#ts = parts.guard.time();
    this.edge = edge;
  }

  /** Size and root with what is drafted so far. */
  get head(): LogHead {
    if (this.#head.size !== this.#size)
      this.#head = { size: this.#size, root: rootAt(this.#size, this.edge.node, nodeHash) };
    return this.#head;
  }

  /** Time of the newest entry. */
  get ts(): number {
    return this.#ts;
  }

  /** Dates what follows by the time that is believed now. */
  redate(): void {
    this.#ts = this.#parts.guard.time();
  }

  /** Index the next entry will have. */
  get next(): number {
    return this.#size;
  }

  /** Appends an entry: its nodes are written now, its row by {@link write}, when its receipt is known. */
  append(entry: NewLeaf): WrittenLeaf {
    const { tid, aid, store } = this.#parts;
    const n = this.#size;
    const ts = this.#ts;
    const { names, opens } = commitNames(entry.names);
    const { kind, subject, actor, cause, code, pre, post, data } = entry;
    const leaf = {
      typ: "leaf",
      ver: 1,
      tid,
      aid,
      n,
      ts,
      kind,
      subject,
      actor,
      cause,
      code,
      pre,
      post,
      names,
      data,
    } as unknown as Leaf;
    const bytes = encodeLeaf(leaf);
    for (const node of appendNodes(n, leafHash(bytes), this.edge.node, nodeHash)) {
      keepNode(store, node);
      this.edge.put(node);
    }
    this.#size = n + 1;
    this.#rows.push({ n, bytes, opens, state: entry.state ?? null, receipt: null, envelope: null });
    return { n, leaf };
  }

  /** Writes the rows of all entries since the last call; receipt and envelope go beside the one at `n`. */
  write(beside?: { readonly n: number; readonly receipt: string; readonly envelope: Uint8Array | null }): void {
    for (const row of this.#rows.splice(0)) {
      const full = beside?.n === row.n ? { ...row, receipt: beside.receipt, envelope: beside.envelope } : row;
      this.#parts.store.putLeaf(full);
    }
  }
}

const SALT_BYTES = 16;

function commitNames(names: LeafNames | undefined): {
  names: Record<string, string> | undefined;
  opens: string | null;
} {
  const given = Object.entries(names ?? {}).filter((entry): entry is [string, string] => entry[1] !== undefined);
  if (given.length === 0) return { names: undefined, opens: null };
  const committed: Record<string, string> = {};
  const opens: Record<string, { salt: string; value: string }> = {};
  for (const [name, value] of given) {
    const salt = randomBytes(SALT_BYTES);
    committed[name] = nameCommitment(salt, value);
    opens[name] = { salt: encodeBase64url(salt), value };
  }
  return { names: committed, opens: JSON.stringify(opens) };
}
