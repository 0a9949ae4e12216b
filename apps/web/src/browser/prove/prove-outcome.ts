import { type Entry, EVENT_KINDS, type Leaf } from "@holdfast/protocol";
import type { Evidence } from "./evidence.ts";
import { openClaim } from "./open-claim.ts";
import { ProofError } from "./proof-error.ts";
import { type ProvedEntry, proveEntry } from "./prove-entry.ts";
import type { Standing } from "./prove-environment.ts";

/** What a server's record says became of a command, or of a change of administrators and rules. */
export interface OutcomeClaim {
  readonly of: "command" | "link";
  readonly hash: string;
  readonly status: string;
  /** The entry that the record names for it; null where it names none. */
  readonly entry: number | null;
}

/** What a word of the log can be about. */
type About = Pick<OutcomeClaim, "of" | "hash">;
type Place = Pick<Standing, "tid" | "chain" | "head">;

/** What nothing follows in the log. */
const FINAL: readonly string[] = ["applied", "cancelled", "expired", "refused"];

/** Words of the log that are no act. */
const RESULTS: Readonly<Record<string, string>> = {
  "command.scheduled": "scheduled",
  "command.cancelled": "cancelled",
  "command.expired": "expired",
  "command.refused": "refused",
  roster: "applied",
  "roster.scheduled": "scheduled",
  "roster.signed": "scheduled",
  "roster.cancelled": "cancelled",
  "roster.refused": "refused",
};

/** Most entries of one command that are looked through for the newest word on it. */
const MOST = 20;

/**
 * Proves that a record of what became of a command or change is the log's: the entry that it names is about it and
 * says the same, and the log's newest word on it is no other. That some entry has the number it names proves nothing.
 *
 * A server can leave the newest word out, as one that shows an older log could; it can make none up.
 *
 * @returns The entry that says so; null where the log has no word on it: the record is the server's own.
 * @throws {@link ProofError} `P_OUTCOME`, and what {@link proveEntry} throws
 */
export async function proveOutcome(
  claim: OutcomeClaim,
  standing: Place,
  evidence: Evidence,
): Promise<ProvedEntry | null> {
  const { entry, status } = claim;
  const named = entry === null ? null : await proveEntry(entry, standing, evidence);
  if (named !== null && resultIn(named, claim) !== status) throw disagrees(entry ?? 0);
  if (named !== null && FINAL.includes(status)) return named;
  const newest = await newestWord(claim, standing, evidence);
  if (newest === null) return named;
  if (newest.result !== status) throw disagrees(newest.n);
  return named ?? proveEntry(newest.n, standing, evidence);
}

/** What a proved entry says of a command or change; null where it is about another. */
function resultIn({ leaf, receipt }: ProvedEntry, { of, hash }: About): string | null {
  const result = resultOf(leaf, of, hash);
  return of === "link" || (receipt?.cmd === hash && receipt.result === result) ? result : null;
}

function resultOf({ kind, subject, cause }: Leaf, of: OutcomeClaim["of"], hash: string): string | null {
  if (of === "link") return subject === hash && kind.startsWith("roster") ? (RESULTS[kind] ?? null) : null;
  if (cause.kind !== "command" || cause.hash !== hash) return null;
  return RESULTS[kind] ?? "applied";
}

/** What the log's newest word on a command or change is, proved; null where it has none. @throws as {@link proveEntry} */
export async function provedWord(about: About, standing: Place, evidence: Evidence): Promise<string | null> {
  const newest = await newestWord(about, standing, evidence);
  if (newest === null) return null;
  const result = resultIn(await proveEntry(newest.n, standing, evidence), about);
  if (result !== newest.result) throw disagrees(newest.n);
  return result;
}

async function newestWord({ of, hash }: About, { head }: Place, evidence: Evidence) {
  const about = of === "link" ? { subject: hash } : { command: hash };
  const entries = await evidence.entries({ ...about, most: MOST });
  for (const entry of entries) {
    if (entry.n >= head.size) continue;
    const { leaf } = openClaim(entry);
    const result = concludes(leaf, entry) ? resultOf(leaf, of, hash) : null;
    if (result !== null) return { n: entry.n, result };
  }
  return null;
}

/** A refusal on record that ended nothing has no receipt; and a command has events that say nothing of what it came to. */
function concludes({ kind }: Leaf, { receipt }: Entry): boolean {
  if (kind === "command.refused") return receipt !== undefined;
  return kind in RESULTS || !(EVENT_KINDS as readonly string[]).includes(kind);
}

function disagrees(n: number): ProofError {
  return new ProofError("P_OUTCOME", "The record says something else than the log.", { n });
}
