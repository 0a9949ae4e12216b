import { uuidOfKeyId } from "../../operations/object-uuid.ts";

const OURS = /^(?:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}|k_[a-z2-7]{26})$/i;
const FOREIGN_PREFIX = "kmip:";

/** The Unique Identifier of an object that was made here. */
export const identifierOf: (keyId: string) => string = uuidOfKeyId;

/**
 * What the door calls the object with a Unique Identifier: a UUID of ours as it is; anything else is the identifier that
 * another KMIP server gave the object before it was taken in.
 */
export function doorName(identifier: string): string {
  return OURS.test(identifier) ? identifier : FOREIGN_PREFIX + identifier;
}

/** The Unique Identifier under which clients know an object: the one it brought along, or ours. */
export function identifierOfObject({
  id,
  foreign,
}: {
  readonly id: string;
  readonly foreign: readonly string[];
}): string {
  const brought = foreign.find((each) => each.startsWith(FOREIGN_PREFIX));
  return brought === undefined ? identifierOf(id) : brought.slice(FOREIGN_PREFIX.length);
}
