import type { KnownParts } from "../canonical/known-parts.ts";
import type { Schema } from "./schema.ts";

/** What was read here once and for all: frozen through and through. */
const lasting = new WeakSet<object>();

/** Whether nobody can change a value any more, so that what was found out about it holds. */
export function isLasting(value: object): boolean {
  return lasting.has(value);
}

/**
 * Reads each known part once: what it is read as is frozen, and the same wherever the part stands again. Anything else is
 * read anew.
 */
export function readOnce<T extends object>(schema: Schema<T>, parts: KnownParts): Schema<T> {
  const known = new WeakMap<object, T>();
  const find = (value: unknown): T | undefined =>
    typeof value === "object" && value !== null ? known.get(value) : undefined;
  return {
    find,
    read(value, path) {
      const before = find(value);
      if (before !== undefined) return before;
      const copy = schema.read(value, path);
      if (parts.has(value as object)) {
        freeze(copy);
        known.set(value as object, copy);
      }
      return copy;
    },
  };
}

function freeze(value: unknown): void {
  if (typeof value !== "object" || value === null || lasting.has(value)) return;
  if (Array.isArray(value)) for (const item of value) freeze(item);
  else for (const name in value) freeze((value as Readonly<Record<string, unknown>>)[name]);
  lasting.add(Object.freeze(value));
}
