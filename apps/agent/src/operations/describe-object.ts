import type { Caller } from "./caller.ts";
import { type Door, viewOf } from "./door.ts";
import type { ObjectView } from "./object-view.ts";

/**
 * All that a client may know about an object. Needs the grant `locate` or `attributes`.
 *
 * @throws {@link OperationError} `E_NOT_FOUND`, `E_AMBIGUOUS`, `E_GRANT`
 */
export function describeObject(door: Door, { client }: Caller, name: string, group?: string): ObjectView {
  const key = door.access.find(client, name, group);
  if (!door.access.permits(client, key, "attributes")) door.access.check(client, key, "locate");
  return viewOf(door, client, key.id);
}
