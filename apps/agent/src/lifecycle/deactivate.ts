import type { ActInput } from "./act.ts";
import type { KeyEffect } from "./effect.ts";
import { moveKey } from "./transition.ts";

/** key.deactivate: the key protects nothing new; what it protected still opens. */
export function deactivate(input: ActInput): KeyEffect[] {
  return [moveKey(input, "deactivated")];
}
