import { encodeBase64url } from "@holdfast/protocol";
import { parseCheckpoint, parseNote } from "@holdfast/tlog";
import type { LogIndex } from "../keystore/log-index.ts";
import { readEvidence } from "./evidence.ts";
import type { Judged } from "./judge-note.ts";

/** What people have decided about other histories, as the log and the evidence say. */
export interface Decisions {
  readonly dataDirectory: string;
  readonly index: Pick<LogIndex, "losses" | "unlockedAt">;
}

/** A cosignature of a history that people gave up may be this much younger than the entry that says so. */
const SLACK_SECONDS = 300;

/**
 * Whether a head is provably of a history that people have given up already: when they accepted a restore, or unlocked the
 * domain with the evidence of two histories before them. Its cosignatures are older than that, or it was on record by then;
 * one of which neither is known may have been signed since.
 */
export function isGivenUp({ kind, size, note, cosignatures }: Judged, { dataDirectory, index }: Decisions): boolean {
  if (kind !== "fork" && kind !== "ahead") return false;
  const isOlderThan = (at: number) =>
    cosignatures.length > 0 && cosignatures.every(({ time }) => time <= at + SLACK_SECONDS);
  const evidence = readEvidence(dataDirectory);
  const root = rootOf(note);
  for (const { at, size: kept, lost } of index.losses()) {
    if (size <= kept) continue;
    const wasNamed = lost.some((head) => head.size === size && head.root === root);
    const wasOnRecord = evidence.some((each) => each.at <= at && textOf(each.theirs) === textOf(note));
    if (wasNamed || wasOnRecord || isOlderThan(at)) return true;
  }
  const { unlockedAt } = index;
  const known = evidence.some(({ code, at }) => code === "E_SPLIT_BRAIN" && at <= unlockedAt);
  return known && isOlderThan(unlockedAt);
}

function rootOf(note: string): string {
  return encodeBase64url(parseCheckpoint(parseNote(note).text).root);
}

/** What is signed of a note: its lines of signatures differ by who shows it. */
function textOf(note: string): string {
  return note.slice(0, note.indexOf("\n\n") + 1);
}
