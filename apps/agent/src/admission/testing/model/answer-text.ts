import type { ModelAnswer } from "./model-state.ts";

/** An answer by name, for the tally. */
export function answerText({ outcome, code }: ModelAnswer): string {
  return code === undefined ? outcome : `${outcome} ${code}`;
}
