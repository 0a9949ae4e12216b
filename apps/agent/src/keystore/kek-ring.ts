import { KeyEncryptionKey, type RootKey, unwrapKek, wrapKek } from "@holdfast/crypto";
import { decodeBase64url, encodeBase64url } from "@holdfast/protocol";
import type { LogIndex } from "./log-index.ts";
import type { LockReason } from "./records.ts";
import { decodeBody, encodeBody, isAuthenticRow, sealRow } from "./row.ts";
import type { Store, StoredRow } from "./store.ts";

/** What the store holds of a key-encryption key. */
interface KekRow {
  readonly number: number;
  /** Unix seconds. */
  readonly createdAt: number;
  /** The key under the root key, base64url. */
  readonly wrapped: string;
}

/** A key-encryption key of the domain. */
export interface HeldKek {
  readonly kek: KeyEncryptionKey;
  /** Unix seconds; 0 for the root's own, of the first releases. */
  readonly createdAt: number;
}

/**
 * The domain's key-encryption keys: between the root key, which wraps them, and the material that they wrap.
 *
 * The newest wraps what is new; older ones stay until nothing is under them. Number 0 is the root's own, under which
 * stores of the first releases keep their material.
 */
export class KekRing {
  readonly #held = new Map<number, HeldKek>();
  /** The highest number that was ever used: no number serves twice. */
  #highest: number;

  constructor(root: RootKey, held: readonly HeldKek[], highest: number) {
    this.#held.set(0, { kek: root.kek, createdAt: 0 });
    for (const each of held) this.#held.set(each.kek.number, each);
    this.#highest = Math.max(highest, ...this.#held.keys());
  }

  /** The newest that can be used. */
  get current(): KeyEncryptionKey {
    return (this.#held.get(Math.max(...this.#held.keys())) as HeldKek).kek;
  }

  /** The number of the next one. */
  get next(): number {
    return this.#highest + 1;
  }

  /** Whether the newest that was made is there and is no older than its place in the hierarchy asks. */
  get complete(): boolean {
    return this.current.number > 0 && this.current.number === this.#highest;
  }

  find(number: number): KeyEncryptionKey | null {
    return this.#held.get(number)?.kek ?? null;
  }

  /** Those that are there, oldest first; without the root's own. */
  held(): HeldKek[] {
    return [...this.#held.values()].filter(({ kek }) => kek.number > 0).sort((a, b) => a.kek.number - b.kek.number);
  }

  /** Takes note that material is under this number, though there may be no such key any more: it does not serve again. */
  noteUsed(number: number): void {
    this.#highest = Math.max(this.#highest, number);
  }

  /** Takes a durable one in. The executor's alone. */
  add(kek: HeldKek): void {
    this.#held.set(kek.kek.number, kek);
    this.#highest = Math.max(this.#highest, kek.kek.number);
  }

  /** Forgets one under which nothing is any more. */
  remove(number: number): void {
    if (number === 0) return;
    this.#held.get(number)?.kek.zeroize();
    this.#held.delete(number);
  }

  zeroize(): void {
    for (const { kek } of this.#held.values()) if (kek.number > 0) kek.zeroize();
  }
}

/** Row of a key-encryption key, tied to the entry that made it. */
export function sealKekRow(root: RootKey, { kek, createdAt }: HeldKek, tid: string, leaf: number): StoredRow {
  const record: KekRow = { number: kek.number, createdAt, wrapped: encodeBase64url(wrapKek(root, kek, tid)) };
  return sealRow(root, "kek", { id: String(kek.number), body: encodeBody(record), leaf });
}

/**
 * The stored key-encryption keys, none believed that the custody log does not name; the first one of a domain is named by
 * its genesis.
 */
export class LoadedKeks {
  readonly #root: RootKey;
  readonly #held: readonly HeldKek[];
  /** Why some that were made are not there. */
  readonly problems: ReadonlyMap<number, LockReason>;
  readonly #highest: number;

  private constructor(
    root: RootKey,
    held: readonly HeldKek[],
    problems: ReadonlyMap<number, LockReason>,
    highest: number,
  ) {
    this.#root = root;
    this.#held = held;
    this.problems = problems;
    this.#highest = highest;
  }

  static load({ store, root, tid, index }: KekSourceParts): LoadedKeks {
    const held: HeldKek[] = [];
    const problems = new Map<number, LockReason>();
    const seen = new Set<number>();
    for (const row of store.rows("kek")) {
      const number = Number(row.id);
      seen.add(number);
      const problem = rowProblem(root, index, row, number);
      if (problem === null) held.push(openKek(root, tid, row));
      else if (problem !== "retired") problems.set(number, problem);
    }
    for (const number of index.keks())
      if (!seen.has(number) && index.kekEntry(number) !== "retired") problems.set(number, "E_STATE_ROLLBACK");
    return new LoadedKeks(
      root,
      held,
      problems,
      Math.max(0, ...[...seen, ...index.keks()].filter(Number.isSafeInteger)),
    );
  }

  ring(): KekRing {
    return new KekRing(this.#root, this.#held, this.#highest);
  }
}

/** Where key-encryption keys are loaded from. */
interface KekSourceParts {
  readonly store: Store;
  readonly root: RootKey;
  readonly tid: string;
  /** Of the verified log. */
  readonly index: LogIndex;
}

function rowProblem(root: RootKey, index: LogIndex, row: StoredRow, number: number): LockReason | "retired" | null {
  if (!isAuthenticRow(root, "kek", row)) return "E_STATE_MAC";
  const entry = index.kekEntry(number);
  if (entry === "retired") return "retired";
  const named = entry ?? (number === 1 ? GENESIS_LEAF : null);
  return named === row.leaf ? null : "E_STATE_ROLLBACK";
}

const GENESIS_LEAF = 0;

function openKek(root: RootKey, tid: string, row: StoredRow): HeldKek {
  const { number, createdAt, wrapped } = decodeBody<KekRow>(row);
  return { kek: unwrapKek(root, decodeBase64url(wrapped), tid, number), createdAt };
}

/** Makes a key-encryption key that nothing is under yet. */
export function makeKek(number: number, createdAt: number): HeldKek {
  return { kek: KeyEncryptionKey.generate(number), createdAt };
}
