import { docHash, type Leaf, type OpenedEntry, openEntry, ProtocolError, verifyReceipt } from "@holdfast/protocol";
import { toEntry } from "../custody-log/entry.ts";
import type { Domain } from "../domain.ts";
import { StoreError } from "../keystore/errors.ts";
import type { StoredLeaf } from "../keystore/store.ts";

/** So many entries are read at once; between two such parts everybody else is served. */
const PART = 200;

/** Kinds whose entries carry a receipt, and are about no command. */
const LINK_KINDS: ReadonlySet<string> = new Set([
  "roster",
  "roster.scheduled",
  "roster.signed",
  "roster.cancelled",
  "roster.refused",
]);

/** What stands beside the leaves of a verified log. */
interface VerifiedBeside {
  readonly names: number;
  readonly states: number;
  readonly receipts: number;
  readonly envelopes: number;
}

/**
 * Verifies what is stored beside the leaves: what opens their names, states, receipts and envelopes. The tree does not hold these; each
 * has to fit its leaf, and a receipt's signature has to hold.
 *
 * Trusts: the leaves, which were verified, and the chain of administrators.
 *
 * @throws {@link StoreError} `E_LOG_CORRUPT` naming the first entry that something is wrong with
 */
export async function verifyBeside(domain: Domain, size: number): Promise<VerifiedBeside> {
  const found = { names: 0, states: 0, receipts: 0, envelopes: 0 };
  for await (const { entry, count } of verifiedEntries(domain, 0, size)) {
    found.names += Object.keys(entry.names).length;
    found.states += entry.state === null ? 0 : 1;
    found.receipts += count === 0 ? 0 : 1;
    found.envelopes += entry.envelope === null ? 0 : 1;
  }
  return found;
}

/** An entry that fits what is stored beside it. */
export interface VerifiedEntry {
  readonly row: StoredLeaf;
  readonly entry: OpenedEntry;
  /** How many entries its receipt is of; 0 without one. */
  readonly count: number;
}

/**
 * The entries from `from` to before `to`, each held against what is stored beside it.
 *
 * @throws {@link StoreError} `E_LOG_CORRUPT` naming the first that something is wrong with
 */
export async function* verifiedEntries(
  { store, rosters }: Domain,
  from: number,
  to: number,
): AsyncGenerator<VerifiedEntry> {
  let covered = 0; // entries before this one are of the newest receipt
  for (let at = receiptBefore(store, from, to); at < to; at += PART) {
    const rows = store.leaves(at, Math.min(PART, to - at));
    for (let n = at; n < Math.min(at + PART, to); n += 1) {
      const row = rows[n - at];
      if (row?.n !== n) throw damaged(n, "it is missing");
      const entry = open(row);
      const count = entry.receipt === null ? 0 : await receiptCount(entry, rosters.aikOf(entry.leaf.aid));
      if (count === 0) assertNone(entry, covered);
      covered = Math.max(covered, n + count);
      if (n >= from) yield { row, entry, count };
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Where to begin so that the entry at `from` finds the receipt that it stands under: there, unless it has to have one. */
function receiptBefore(store: Domain["store"], from: number, to: number): number {
  const [first] = to > from ? store.leaves(from, 1) : [];
  if (first?.n !== from || first.receipt !== null || isFree(open(first).leaf)) return from;
  for (let n = from - 1; n >= 0; n -= 1) {
    const [row] = store.leaves(n, 1);
    if (row?.n !== n) throw damaged(n, "it is missing");
    if (row.receipt !== null) return n;
  }
  return from;
}

/** Opens an entry: names and state are those that its leaf commits to, all of them. */
function open(row: StoredLeaf): OpenedEntry {
  let entry: OpenedEntry;
  try {
    entry = openEntry(toEntry(row));
  } catch (error) {
    if (error instanceof ProtocolError && error.code === "E_COMMITMENT")
      throw damaged(row.n, `its ${error.detail["part"]} is not the one that the entry names`);
    if (error instanceof ProtocolError || error instanceof SyntaxError) throw damaged(row.n, "it cannot be read");
    throw error;
  }
  const { leaf, names, state } = entry;
  for (const name of ["label", "alias"] as const)
    if (leaf.names?.[name] !== undefined && names[name] === undefined) throw damaged(leaf.n, `its ${name} is missing`);
  if (leaf.post !== undefined && state === null) throw damaged(leaf.n, "its state is missing");
  return entry;
}

/** @returns how many entries the receipt is of */
async function receiptCount({ leaf, receipt: signed, envelope }: OpenedEntry, aik: string | null): Promise<number> {
  if (signed === null || aik === null) throw damaged(leaf.n, "its receipt is of no key server of this environment");
  const receipt = await verifyReceipt(signed, aik).catch(() => {
    throw damaged(leaf.n, "its receipt does not hold");
  });
  const cmd = leaf.cause.kind === "command" ? leaf.cause.hash : LINK_KINDS.has(leaf.kind) ? leaf.subject : null;
  if (receipt.leaf !== leaf.n || receipt.cmd !== cmd || receipt.aid !== leaf.aid)
    throw damaged(leaf.n, "its receipt is of something else");
  if (envelope !== null && docHash("env", envelope) !== receipt.envelope)
    throw damaged(leaf.n, "its approvals are not those that the receipt names");
  const isDone = receipt.result === "applied" || receipt.result === "scheduled";
  if (envelope === null && isDone && leaf.cause.kind === "command") throw damaged(leaf.n, "its approvals are missing");
  return receipt.count;
}

/** An entry of a command has its receipt, or stands under the one of the command's first entry. */
function assertNone({ leaf, envelope }: OpenedEntry, covered: number): void {
  if (envelope !== null) throw damaged(leaf.n, "it has approvals without a receipt");
  if (leaf.n >= covered && !isFree(leaf)) throw damaged(leaf.n, "its receipt is missing");
}

/** Whether an entry stands under no receipt. */
function isFree({ cause, kind }: Leaf): boolean {
  return cause.kind !== "command" || kind === "command.refused" || kind === "loss";
}

/** The first thing that is wrong, by the number of its entry. */
export function damaged(n: number, problem: string): StoreError {
  return new StoreError("E_LOG_CORRUPT", `Entry ${n} of the custody log: ${problem}.`, { entry: n });
}
