import { grantPermits } from "@holdfast/protocol";
import type { KeyRecord, KeyState } from "../keystore/records.ts";
import type { Caller } from "./caller.ts";
import type { Door } from "./door.ts";
import { OperationError } from "./errors.ts";
import { type KeyMetadata, keyMetadata } from "./key-metadata.ts";

/** Which keys to list. */
export interface KeyQuery {
  /** Keys in this state; without it, all that are not destroyed. */
  readonly state?: KeyState | undefined;
  /** Keys with exactly this name. */
  readonly label?: string | undefined;
  /** Keys after this one, from the answer before. */
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** A page of keys in the order of their ids; `cursor` asks for the next one. */
export interface KeyPage {
  readonly keys: readonly KeyMetadata[];
  readonly cursor: string | null;
}

/**
 * Lists the keys that the client may locate, and no sign of others.
 *
 * @throws {@link OperationError} `E_GRANT` for a client that may locate no key at all
 */
export function listKeys({ keystore, access, limits }: Door, { client }: Caller, query: KeyQuery): KeyPage {
  if (!client.grants.some(({ ops }) => grantPermits(ops, "locate")))
    throw new OperationError("E_GRANT", undefined, { operation: "locate" });
  const { cursor = "", limit } = query;
  const page: KeyRecord[] = [];
  let more = false;
  for (const key of keystore.keys()) {
    if (key.id <= cursor || !isAskedFor(key, query)) continue;
    const last = page.at(-1);
    if (page.length === limit && last !== undefined && key.id > last.id) {
      more ||= access.permits(client, key, "locate");
      continue;
    }
    if (!access.permits(client, key, "locate")) continue;
    insert(page, key);
    if (page.length > limit) {
      page.pop();
      more = true;
    }
  }
  const keys = page.map((key) => keyMetadata(key, client.id, limits.unspent(key.id)));
  return { keys, cursor: more ? (keys.at(-1)?.keyId ?? null) : null };
}

function isAskedFor(key: KeyRecord, { state, label }: KeyQuery): boolean {
  if (label !== undefined && key.label !== label) return false;
  return state === undefined ? !key.state.startsWith("destroyed") : key.state === state;
}

/** Keeps the page in the order of ids. */
function insert(page: KeyRecord[], key: KeyRecord): void {
  let low = 0;
  let high = page.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((page[middle] as KeyRecord).id < key.id) low = middle + 1;
    else high = middle;
  }
  page.splice(low, 0, key);
}
