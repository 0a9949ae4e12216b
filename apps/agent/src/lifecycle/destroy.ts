import type { ActInput } from "./act.ts";
import type { KeyEffect } from "./effect.ts";
import { moveKey } from "./transition.ts";

/**
 * key.destroy: the material of every version leaves store and memory; the record stays as a tombstone, so that the id
 * never lives again.
 */
export function destroy(input: ActInput): KeyEffect[] {
  const effect = moveKey(input, "destroyed");
  const { destroyDue: _, ...dates } = effect.after.dates;
  const after = { ...effect.after, dates, scheduled: null };
  return [{ ...effect, after, dropped: after.versions.map(({ version }) => version) }];
}
