import { type ActInput, targetKey } from "./act.ts";
import type { KeyEffect } from "./effect.ts";
import { stepKey } from "./step-key.ts";

/**
 * key.destroy: the material of every version leaves store and memory; the record stays as a tombstone, so that the id
 * never lives again.
 */
export function destroy(input: ActInput): KeyEffect[] {
  return [stepKey(targetKey(input), "key.destroy", input.now)];
}
