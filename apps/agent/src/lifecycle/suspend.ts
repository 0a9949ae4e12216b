import { type ActInput, targetKey } from "./act.ts";
import type { KeyEffect } from "./effect.ts";
import { stepKey } from "./step-key.ts";

/** key.suspend: the key neither seals nor opens until it is resumed. */
export function suspend(input: ActInput): KeyEffect[] {
  return [stepKey(targetKey(input), "key.suspend", input.now)];
}
