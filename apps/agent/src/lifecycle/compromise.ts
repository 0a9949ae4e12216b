import type { ActInput } from "./act.ts";
import type { KeyEffect } from "./effect.ts";
import { moveKey } from "./transition.ts";

/** key.compromise: the key is known, or feared, to be in wrong hands; it protects nothing new. */
export function compromise(input: ActInput): KeyEffect[] {
  return [moveKey(input, "compromised")];
}
