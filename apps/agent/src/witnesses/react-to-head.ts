import { formatVkey } from "@holdfast/tlog";
import type { RefusalCounter } from "../admission/refusal-counter.ts";
import type { CustodyLog } from "../custody-log/custody-log.ts";
import type { Keystore } from "../keystore/keystore.ts";
import type { Executor } from "../lifecycle/executor.ts";
import type { Logger } from "../logger.ts";
import type { Clock } from "../self-check/clock.ts";
import { type Evidence, keepEvidence } from "./evidence.ts";
import type { Judged } from "./judge-note.ts";
import type { WitnessMemory } from "./witness-memory.ts";

/** What a reaction works on. */
export interface ReactParts {
  readonly dataDirectory: string;
  readonly log: CustodyLog;
  readonly keystore: Pick<Keystore, "domain">;
  readonly executor: Pick<Executor, "lockByHost">;
  readonly clock: Clock;
  readonly refusals: RefusalCounter;
  readonly logger: Logger;
  /** Why nothing is written; null when the log holds. */
  readonly problem: string | null;
  /** Opens the domain anew, when a head ahead of this log has been found. */
  readonly onAhead: () => void;
}

/**
 * Two histories were signed: nothing changes any more until people have looked, and both are kept.
 *
 * @returns whether that was new
 */
export function reactToFork({ size, note }: Judged, from: string, parts: ReactParts): boolean {
  const { log, keystore, executor, logger, problem } = parts;
  if (!keep({ code: "E_SPLIT_BRAIN", from, size, theirs: note, ours: log.noteAt(size) }, parts)) return false;
  logger.error("log.forked", { code: "E_SPLIT_BRAIN", size, from });
  const { locked, recovering } = keystore.domain();
  if (problem === null && !locked && !recovering) executor.lockByHost("E_SPLIT_BRAIN");
  return true;
}

/** More was signed than there is here: the domain is opened anew, and then writes nothing. */
export function reactToAhead(judged: Judged, from: string, parts: ReactParts): void {
  const { log, logger, onAhead } = parts;
  const { size } = judged;
  keepAhead(judged, from, parts);
  logger.error("log.behind", { code: "E_LOG_ROLLBACK", size, own: log.size, from });
  onAhead();
}

/** Puts a head ahead of this log on record: what people give up when they accept a restore. */
export function keepAhead({ size, note }: Judged, from: string, parts: ReactParts): void {
  const { log } = parts;
  keep({ code: "E_LOG_ROLLBACK", from, size, theirs: note, ours: log.noteAt(log.size) }, parts);
}

/**
 * A witness vouches for another tree of a size that this log has passed. If it also cosigned this log, it vouched for two
 * histories.
 *
 * @returns names of such witnesses
 */
export function reactToVouched(
  { size, note, cosignatures }: Judged,
  from: string,
  { memory, ...parts }: ReactParts & { readonly memory: WitnessMemory },
): string[] {
  const { log, logger } = parts;
  return cosignatures.flatMap(({ key }) => {
    const ours = memory.cosigned.get(formatVkey(key));
    if (ours === undefined || ours.size < size || ours.size > log.size) return [];
    const proof = ours.size > size && size > 0 ? log.consistency(size, ours.size) : [];
    const cosigned = { note: ours.note, proof };
    const evidence = { from: key.name, size, theirs: note, ours: log.noteAt(size), cosigned };
    if (keep({ code: "W_EQUIVOCATION", ...evidence }, parts))
      logger.error("witness.equivocated", { code: "W_EQUIVOCATION", witness: key.name, size, shownBy: from });
    return [key.name];
  });
}

function keep(evidence: Omit<Evidence, "at">, { dataDirectory, clock, refusals }: ReactParts): boolean {
  const isNew = keepEvidence(dataDirectory, { ...evidence, at: clock.now() });
  if (isNew) refusals.count(evidence.code);
  return isNew;
}
