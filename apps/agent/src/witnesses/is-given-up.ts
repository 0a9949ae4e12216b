import type { LogIndex } from "../keystore/log-index.ts";
import type { Judged } from "./judge-note.ts";

/** A cosignature of a history that people gave up may be this much younger than the entry that says so. */
const SLACK_SECONDS = 300;

/** Whether a head is of a history that people gave up when they accepted a restore: its cosignatures are older than that. */
export function isGivenUp({ size, cosignatures }: Judged, index: Pick<LogIndex, "lastLoss">): boolean {
  const loss = index.lastLoss();
  if (loss === null || size <= loss.size) return false;
  return cosignatures.every(({ time }) => time <= loss.at + SLACK_SECONDS);
}
