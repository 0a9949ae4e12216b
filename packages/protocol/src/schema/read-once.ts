import type { KnownParts } from "../canonical/known-parts.ts";
import type { Schema } from "./schema.ts";

/**
 * Reads each known part once: what it is read as is frozen, and the same wherever the part stands again. Anything else is
 * read anew.
 */
export function readOnce<T extends object>(schema: Schema<T>, parts: KnownParts): Schema<T> {
  const known = new WeakMap<object, T>();
  return {
    read(value, path) {
      if (typeof value !== "object" || value === null || !parts.has(value)) return schema.read(value, path);
      const before = known.get(value);
      if (before !== undefined) return before;
      const copy = schema.read(value, path);
      freeze(copy);
      known.set(value, copy);
      return copy;
    },
  };
}

/** A list whose items are those of the list read last is that list: what was found out about it holds. */
export function sameList<T extends object>(schema: Schema<readonly T[]>): Schema<readonly T[]> {
  let last: readonly T[] = [];
  return {
    read(value, path) {
      const list = schema.read(value, path);
      if (list.length === last.length && list.every((item, index) => item === last[index])) return last;
      if (list.every(Object.isFrozen)) last = Object.freeze(list);
      return list;
    },
  };
}

function freeze(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  for (const name in value) freeze((value as Readonly<Record<string, unknown>>)[name]);
  Object.freeze(value);
}
