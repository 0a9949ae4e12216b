import type { NewKey } from "../lifecycle/create.ts";
import type { Caller } from "./caller.ts";
import type { Door } from "./door.ts";
import { type KeyMetadata, keyMetadata } from "./key-metadata.ts";

/**
 * Makes a key for a client within its grant; its entry in the custody log is durable before this returns.
 *
 * An alias needs the grant `alias` in the group, because applications address keys by it; a key that may leave needs
 * the grant `get`.
 *
 * @throws {@link OperationError} `E_GRANT`, `E_RATE`; {@link AdmissionError} `E_LOCKED`, `E_RECOVERING`, `E_PRESTATE` for an
 * alias that is taken; {@link StoreError} `E_STORE`
 */
export function createKey({ access, executor, writes }: Door, { client }: Caller, item: NewKey): KeyMetadata {
  access.checkGroup(client, item.group, "create");
  if (item.alias !== undefined) access.checkGroup(client, item.group, "alias");
  if (item.extractable) access.checkGroup(client, item.group, "get");
  writes.take(client.id);
  return keyMetadata(executor.createForClient(client, item), client.id);
}
