/** What a signed document may hold. There is no null and there are no fractions. */
export type CanonicalValue = string | number | boolean | readonly CanonicalValue[] | CanonicalObject;

/** An object of a signed document. The encoder leaves out members that are undefined. */
export interface CanonicalObject {
  readonly [key: string]: CanonicalValue | undefined;
}

const MEMBER_NAME = /^[a-zA-Z0-9_]{1,32}$/;
const MOST_NAMES = 1024;
const names = new Set<string>();

/** Whether a member may have the name. Documents have few, again and again. */
export function isMemberName(name: string): boolean {
  if (names.has(name)) return true;
  if (!MEMBER_NAME.test(name)) return false;
  if (names.size < MOST_NAMES) names.add(name);
  return true;
}

/** Objects and arrays inside one another, the document itself included. */
export const MAX_DEPTH = 8;

/** Largest document unless its kind says otherwise. */
export const MAX_DOCUMENT_BYTES = 64 * 1024;

/** Largest command and largest roster. */
export const MAX_LARGE_DOCUMENT_BYTES = 256 * 1024;

/** Largest envelope. */
export const MAX_ENVELOPE_BYTES = 512 * 1024;
