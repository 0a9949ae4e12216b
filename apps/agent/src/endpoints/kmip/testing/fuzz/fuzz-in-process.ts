import { answerKmip } from "../../answer-kmip.ts";
import { FrameReader } from "../../frame-reader.ts";
import type { KmipSession } from "../../kmip-answerer.ts";
import { KMIP_LIMITS } from "../../limits.ts";
import { FuzzFrames } from "./fuzz-frames.ts";
import type { FuzzTarget } from "./fuzz-target.ts";
import { judgeAnswer } from "./judge-answer.ts";

/** What came of some frames. */
export interface FuzzFound {
  frames: number;
  /** How often each reason, or `Success`, `closed`, or nothing yet. */
  readonly outcomes: Map<string, number>;
  slowestMilliseconds: number;
  /** What must not be, with the frame in hex. */
  readonly wrong: string[];
}

export const nothingFound = (): FuzzFound => ({ frames: 0, outcomes: new Map(), slowestMilliseconds: 0, wrong: [] });

/** Answers that wait are waited for together, as on a connection. */
const TOGETHER = 256;
const REFRESH = 4096;
/** Longest that one frame may take, on a busy machine. */
const BOUND_MILLISECONDS = 10_000;

/**
 * Sends hostile frames through the cutting of frames and the answerer, as a connection does, without one.
 *
 * @param each - Called now and then with what was found so far.
 */
export async function fuzzInProcess(
  target: FuzzTarget,
  { seed, frames, each = () => {} }: { readonly seed: number; readonly frames: number; each?(found: FuzzFound): void },
): Promise<FuzzFound> {
  const found = nothingFound();
  const made = new FuzzFrames(seed, target.identifiers);
  let session = target.sessionOf(target.attacker);
  let waiting: Promise<void>[] = [];
  while (found.frames < frames) {
    found.frames += 1;
    const isRaw = found.frames % 16 === 0;
    const answered = sent(made.next(isRaw), session, found);
    if (answered !== null) waiting.push(answered);
    if (waiting.length >= TOGETHER) {
      await Promise.all(waiting);
      noteFaults(target, found, seed);
      waiting = [];
    }
    if (found.frames % REFRESH === 0) {
      await Promise.all(waiting);
      waiting = [];
      const harm = await target.unharmed();
      if (harm !== null) found.wrong.push(`${harm}, before frame ${found.frames} of seed ${seed}`);
      await target.refresh();
      session = target.sessionOf(target.attacker); // a connection's streams end with it
      each(found);
    }
  }
  await Promise.all(waiting);
  noteFaults(target, found, seed);
  return found;
}

/** Faults inside the server. Answers are waited for together, so that it is only known about when. */
function noteFaults({ faults }: FuzzTarget, { wrong, frames }: FuzzFound, seed: number): void {
  for (const line of faults.splice(0))
    wrong.push(`a fault in one of the ${TOGETHER} frames before ${frames} of seed ${seed}: ${line}`);
}

/** One read of bytes as a connection makes it: the frames in it are answered, then it is closed or waits. */
function sent(bytes: Buffer, session: KmipSession, found: FuzzFound): Promise<void> | null {
  const reader = new FrameReader(KMIP_LIMITS.messageBytes);
  reader.take(Buffer.from(bytes));
  const answers: Promise<void>[] = [];
  for (let message = reader.next(); message !== null; message = reader.next()) {
    const answer = ask(message, session, found);
    if (answer !== null) answers.push(answer);
  }
  if (reader.state !== "waiting") count(found, `closed: ${reader.state}`);
  else if (reader.size > 0) count(found, "waits for the rest");
  return answers.length === 0 ? null : Promise.all(answers).then(() => {});
}

function ask(message: Buffer, session: KmipSession, found: FuzzFound): Promise<void> | null {
  const original = Buffer.from(message);
  const begun = performance.now();
  const wrong = (what: unknown): void => void found.wrong.push(`${what}: ${original.toString("hex").slice(0, 4000)}`);
  const judge = (answer: Buffer): void => {
    try {
      count(found, judgeAnswer(answer));
    } catch (cause) {
      wrong(`${cause} in the answer ${answer.toString("hex").slice(0, 2000)}`);
    }
  };
  const took = (): void => {
    const milliseconds = performance.now() - begun;
    if (milliseconds > found.slowestMilliseconds) found.slowestMilliseconds = milliseconds;
    if (milliseconds > BOUND_MILLISECONDS) wrong(`${milliseconds.toFixed(0)} ms`);
  };
  try {
    const answered = answerKmip(message, session);
    took();
    if (answered instanceof Promise) return answered.then(judge, wrong);
    judge(answered);
  } catch (cause) {
    wrong(cause);
  }
  return null;
}

function count({ outcomes }: FuzzFound, outcome: string): void {
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
}
