import type { ActInput } from "./act.ts";
import type { KeyEffect } from "./effect.ts";
import { moveKey } from "./transition.ts";

/** key.suspend: the key neither seals nor opens until it is resumed. */
export function suspend(input: ActInput): KeyEffect[] {
  return [moveKey(input, "suspended")];
}
