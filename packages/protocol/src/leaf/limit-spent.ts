import type { Leaf } from "./leaf.ts";

/**
 * How much of a key's usage limit has been given out by then, in the limit's unit, as its key server keeps account in
 * entries of kind `key.attributes`; null where an entry says nothing of it.
 *
 * It runs ahead of use by what the key server holds ready, and goes down again when an orderly end gives that back.
 */
export function limitSpent({ kind, data }: Pick<Leaf, "kind" | "data">): number | null {
  const spent = kind === "key.attributes" ? data?.spent : undefined;
  return typeof spent === "number" && Number.isSafeInteger(spent) && spent >= 0 ? spent : null;
}
