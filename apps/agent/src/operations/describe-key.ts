import type { Caller } from "./caller.ts";
import type { Door } from "./door.ts";
import { type KeyMetadata, keyMetadata } from "./key-metadata.ts";

/** Metadata and versions of one key. @throws {@link OperationError} `E_NOT_FOUND`, `E_AMBIGUOUS`, `E_GRANT` */
export function describeKey({ access, limits }: Door, { client }: Caller, name: string, group?: string): KeyMetadata {
  const key = access.find(client, name, group);
  access.check(client, key, "locate");
  return keyMetadata(key, client.id, limits.unspent(key.id));
}
