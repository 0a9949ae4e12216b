import type { FaultPointName } from "../../../lifecycle/fault-point-names.ts";
import { answerText } from "./answer-text.ts";
import type { BothSides } from "./both-sides.ts";
import { differs } from "./compare.ts";
import type { ModelAnswer } from "./model-state.ts";

/** From this step of the executor on, what it wrote is durable. */
const DURABLE: ReadonlySet<string> = new Set([
  "executor:committed",
  "executor:before-checkpoint",
  "executor:after-checkpoint",
]);
/** Steps that every transaction of a command takes, and those that every change by a client takes. */
export const STEPS_OF_COMMANDS: ReadonlySet<string> = new Set(["executor:begun", ...DURABLE]);
export const STEPS_OF_CHANGES: ReadonlySet<string> = new Set([
  ...["executor:after-rows", "executor:after-leaves"],
  ...STEPS_OF_COMMANDS,
]);

/** Something that both sides answer, perhaps into a loss of power. */
export interface Asked {
  readonly judge: () => ModelAnswer;
  readonly send: () => Promise<{ readonly outcome: string; readonly code?: string }>;
  /** The power goes at this step, where it gets that far. */
  readonly cut: FaultPointName | null;
  readonly always: ReadonlySet<string>;
  /** What it is called in the tally. */
  readonly as?: string;
}

/** Has both sides answer. @returns where they differ */
export async function answered(sides: BothSides, { judge, send, cut, always, as = "" }: Asked): Promise<string[]> {
  const before = cut === null ? null : structuredClone(sides.state);
  const expected = judge();
  const answer = cut === null ? await send() : await sides.world.cutAt(cut, send);
  if (cut !== null && before !== null && answer === null) {
    sides.note(`power lost at ${cut}`);
    if (!DURABLE.has(cut)) {
      // A one-time key that opened what it should not have is gone, whatever was written of that.
      const { oneTimeKeys } = expected.outcome === "refused" ? sides.state : before;
      sides.state = { ...before, oneTimeKeys };
    }
    sides.reopened();
    return [];
  }
  sides.note(as + answerText(expected));
  const wrote = before !== null && sides.state.log.length > before.log.length;
  const missed = cut !== null && always.has(cut) && wrote ? [`the power never went at ${cut}`] : [];
  return [...missed, ...differs("answer", { outcome: answer?.outcome, code: answer?.code }, expected)];
}
