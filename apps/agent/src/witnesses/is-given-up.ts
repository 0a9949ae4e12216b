import type { LogIndex } from "../keystore/log-index.ts";
import { readEvidence } from "./evidence.ts";
import type { Judged } from "./judge-note.ts";

/** What people have decided about other histories, as the log and the evidence say. */
export interface Decisions {
  readonly dataDirectory: string;
  readonly index: Pick<LogIndex, "lastLoss" | "unlockedAt">;
}

/** A cosignature of a history that people gave up may be this much younger than the entry that says so. */
const SLACK_SECONDS = 300;

/**
 * Whether a head is of a history that people have given up already: when they accepted a restore, or unlocked the domain
 * with the evidence of two histories before them. Its cosignatures are older than that.
 */
export function isGivenUp({ kind, size, cosignatures }: Judged, { dataDirectory, index }: Decisions): boolean {
  if (kind !== "fork" && kind !== "ahead") return false;
  const isOlderThan = (at: number) => cosignatures.every(({ time }) => time <= at + SLACK_SECONDS);
  const loss = index.lastLoss();
  if (loss !== null && size > loss.size && isOlderThan(loss.at)) return true;
  const { unlockedAt } = index;
  const known = readEvidence(dataDirectory).some(({ code, at }) => code === "E_SPLIT_BRAIN" && at <= unlockedAt);
  return known && cosignatures.length > 0 && isOlderThan(unlockedAt);
}
