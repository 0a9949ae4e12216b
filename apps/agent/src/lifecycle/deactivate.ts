import { type ActInput, targetKey } from "./act.ts";
import type { KeyEffect } from "./effect.ts";
import { stepKey } from "./step-key.ts";

/** key.deactivate: the key protects nothing new; what it protected still opens. */
export function deactivate(input: ActInput): KeyEffect[] {
  return [stepKey(targetKey(input), "key.deactivate", input.now)];
}
