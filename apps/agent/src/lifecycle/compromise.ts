import { type ActInput, targetKey } from "./act.ts";
import type { KeyEffect } from "./effect.ts";
import { stepKey } from "./step-key.ts";

/** key.compromise: the key is known, or feared, to be in wrong hands; it protects nothing new. */
export function compromise(input: ActInput): KeyEffect[] {
  return [stepKey(targetKey(input), "key.compromise", input.now)];
}
