import { type ActInput, targetKey } from "./act.ts";
import type { KeyEffect } from "./effect.ts";
import { stepKey } from "./step-key.ts";

/** key.resume: a suspended key is active again. */
export function resume(input: ActInput): KeyEffect[] {
  return [stepKey(targetKey(input), "key.resume", input.now)];
}
