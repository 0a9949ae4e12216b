import { type ActInput, targetKey } from "./act.ts";
import type { KeyEffect } from "./effect.ts";
import { stepKey } from "./step-key.ts";

/** key.activate: a key that was made or registered for later begins its use. */
export function activate(input: ActInput): KeyEffect[] {
  return [stepKey(targetKey(input), "key.activate", input.now)];
}
