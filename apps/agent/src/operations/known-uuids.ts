import type { ClientRecord } from "../keystore/records.ts";

/** UUIDs that are remembered for one client. */
const MAX_KNOWN = 4096;

const known = new WeakMap<ClientRecord, Map<string, string>>();

/**
 * Which key ids stand behind the UUIDs that a client has used: a UUID leaves six bits of the id open, and trying them all
 * costs more than many an operation.
 *
 * Only what the client was seen to see is remembered, and only for it: to every other client the key costs the same
 * look-ups as one that is not there. It says nothing of permission; that is asked each time. What is known of a client
 * ends with its record, which every change of its grants replaces.
 */
export function knownKeyId(client: ClientRecord, uuid: string): string | null {
  return known.get(client)?.get(uuid) ?? null;
}

/** Remembers a UUID of a key that the client sees. */
export function rememberKeyId(client: ClientRecord, uuid: string, keyId: string): void {
  let ids = known.get(client);
  if (ids === undefined) {
    ids = new Map();
    known.set(client, ids);
  }
  if (ids.size >= MAX_KNOWN) ids.clear();
  ids.set(uuid, keyId);
}
