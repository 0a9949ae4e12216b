import type { LogIndex } from "../keystore/log-index.ts";

/** Keys that are not destroyed, with a version that no backup holds. */
export function unbackedKeys({ index }: { readonly index: LogIndex }): number {
  const size = index.lastBackup()?.size ?? 0;
  return index.newestMaterial < size ? 0 : index.madeSince(size);
}
