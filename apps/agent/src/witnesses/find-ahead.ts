import type { RefusalCounter } from "../admission/refusal-counter.ts";
import type { CustodyLog } from "../custody-log/custody-log.ts";
import type { Logger } from "../logger.ts";
import type { RosterStore } from "../roster/roster-store.ts";
import { keepEvidence } from "./evidence.ts";
import type { FoundNote } from "./found-note.ts";
import { type Decisions, isGivenUp } from "./is-given-up.ts";
import { judgeNote, logKeysOf } from "./judge-note.ts";
import type { LostHeads } from "./lost-heads.ts";
import { witnessKeys } from "./witness-places.ts";

/** The log that was read at the start, and where what is found is kept. */
export interface StartParts {
  readonly dataDirectory: string;
  readonly tid: string;
  readonly log: CustodyLog;
  readonly index: Decisions["index"];
  readonly rosters: Pick<RosterStore, "current">;
  readonly logger: Logger;
  readonly refusals: RefusalCounter;
  /** The wall clock, Unix seconds. */
  readonly now: () => number;
  /** Takes note of all that is found. */
  readonly lost: LostHeads;
}

/**
 * Whether one of the domain's agents has signed a larger tree than the one here: then an older state was put in place, and
 * nothing may be written. Sizes that nobody signed for say nothing.
 */
export async function findAhead(found: readonly FoundNote[], parts: StartParts): Promise<boolean> {
  const { dataDirectory, tid, log, index, rosters, logger, refusals, now, lost } = parts;
  const { roster } = rosters.current();
  const yardstick = {
    ...{ tid, agents: logKeysOf(tid, roster), witnesses: witnessKeys(dataDirectory, roster.witnesses) },
    ...{ size: log.size, headAt: (size: number) => log.headAt(size) },
  };
  let isBehind = false;
  for (const { note, from, as } of found) {
    const judged = await judgeNote(note, yardstick);
    if (isGivenUp(judged, { dataDirectory, index })) continue;
    lost.note(judged, from);
    if (judged.kind !== "ahead" || as === "refused") continue;
    isBehind = true;
    const { size } = judged;
    const evidence = {
      code: "E_LOG_ROLLBACK",
      at: now(),
      from,
      size,
      theirs: note,
      ours: log.noteAt(log.size),
    } as const;
    if (keepEvidence(dataDirectory, evidence)) refusals.count("E_LOG_ROLLBACK");
    logger.error("log.behind", { code: "E_LOG_ROLLBACK", size, own: log.size, from });
  }
  return isBehind;
}
