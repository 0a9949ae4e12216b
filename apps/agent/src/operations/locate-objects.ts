import { grantPermits } from "@holdfast/protocol";
import type { ClientRecord, KeyRecord } from "../keystore/records.ts";
import { stateAt } from "../lifecycle/due-steps.ts";
import type { Caller } from "./caller.ts";
import type { Door } from "./door.ts";
import { OperationError } from "./errors.ts";
import type { Located, ObjectQuery } from "./object-query.ts";
import { objectView } from "./object-view.ts";

/**
 * Finds objects among those that the client may locate, the newest first unless otherwise asked, and shows no sign of others.
 *
 * @throws {@link OperationError} `E_GRANT` for a client that may locate no object at all
 */
export function locateObjects(door: Door, { client }: Caller, query: ObjectQuery): Located {
  if (!client.grants.some(({ ops }) => grantPermits(ops, "locate")))
    throw new OperationError("E_GRANT", undefined, { operation: "locate" });
  const { keystore, access } = door;
  const found: KeyRecord[] = [];
  const candidates = query.name === undefined ? keystore.keys() : keystore.findKeysByName(query.name);
  for (const key of candidates) {
    if (!isCandidate(key, query) || !access.permits(client, key, "locate")) continue;
    if (isAskedFor(door, client, { key, query })) found.push(key);
  }
  found.sort((a, b) => (query.order === "oldest" ? bornAt(a) - bornAt(b) : bornAt(b) - bornAt(a)));
  const { offset = 0, maximum = found.length } = query;
  return { ids: found.slice(offset, offset + maximum).map(({ id }) => id), total: found.length };
}

function isCandidate({ type, group, dates }: KeyRecord, query: ObjectQuery): boolean {
  if (query.types !== undefined && !query.types.includes(type)) return false;
  if (query.group !== undefined && query.group !== group) return false;
  return query.archived === undefined || query.archived === (dates.archived !== undefined);
}

function isAskedFor(
  { clock, limits }: Door,
  client: ClientRecord,
  { key, query }: { readonly key: KeyRecord; readonly query: ObjectQuery },
): boolean {
  const now = clock.now();
  const state = stateAt(key, now);
  const right =
    query.state === undefined ? query.destroyed === true || !state.startsWith("destroyed") : query.state === state;
  if (!right) return false;
  return query.matches?.(objectView(key, client.id, now, limits.unspent(key.id))) ?? true;
}

/** The entry that made an object: a later one is a newer object. */
function bornAt({ versions }: KeyRecord): number {
  return versions[0]?.leaf ?? 0;
}
