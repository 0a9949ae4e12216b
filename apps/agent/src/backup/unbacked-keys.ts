import type { Keystore } from "../keystore/keystore.ts";
import type { LogIndex } from "../keystore/log-index.ts";

/** Keys that are not destroyed, with a version that no backup holds. */
export function unbackedKeys({
  keystore,
  index,
}: {
  readonly keystore: Pick<Keystore, "keys">;
  readonly index: LogIndex;
}): number {
  const size = index.lastBackup()?.size ?? 0;
  if (index.newestMaterial < size) return 0;
  let count = 0;
  for (const { state, versions } of keystore.keys()) {
    if (!state.startsWith("destroyed") && versions.some(({ leaf }) => leaf >= size)) count += 1;
  }
  return count;
}
