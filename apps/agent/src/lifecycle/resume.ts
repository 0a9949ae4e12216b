import type { ActInput } from "./act.ts";
import type { KeyEffect } from "./effect.ts";
import { moveKey } from "./transition.ts";

/** key.resume: a suspended key is active again. */
export function resume(input: ActInput): KeyEffect[] {
  const effect = moveKey(input, null);
  const { suspended: _, ...dates } = effect.after.dates;
  return [{ ...effect, after: { ...effect.after, dates } }];
}
