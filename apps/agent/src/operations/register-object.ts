import {
  importMaterial,
  importTransparent,
  type KeyHandle,
  type MaterialAttributes,
  unwrapKey,
} from "@holdfast/crypto";
import type { ClientRecord } from "../keystore/records.ts";
import type { NewRecord } from "../lifecycle/new-record.ts";
import type { Caller } from "./caller.ts";
import { keepNew } from "./create-object.ts";
import type { Door } from "./door.ts";
import { OperationError } from "./errors.ts";
import type { GivenMaterial, Registration } from "./new-object.ts";
import { checkBits, checkMaking, settleObject } from "./object-settings.ts";
import type { ObjectView } from "./object-view.ts";
import { permitFor } from "./permit.ts";
import { chosen, opened, usableKey, used } from "./use-object.ts";

const MAX_FOREIGN = 10;
const FOREIGN = /^[\u0021-\u007e]{1,256}$/;

/**
 * Takes in an object that exists already, within the client's grant `import`. It counts as known to whoever had it, also
 * when it comes wrapped: then the wrapping key needs the grant and the usage `unwrap`.
 *
 * @throws {@link OperationError} `E_GRANT`, `E_RATE`, `E_INPUT`, `E_NAME_TAKEN`; {@link CryptoError} for material that is not
 *   what it is said to be; {@link AdmissionError} `E_LOCKED`, `E_RECOVERING`; {@link StoreError} `E_STORE`
 */
export async function registerObject(door: Door, caller: Caller, item: Registration): Promise<ObjectView> {
  const { client } = caller;
  const settled = settleObject(item.type, item);
  const { algorithm, bits = null, foreign = [] } = item;
  checkBits(bits);
  checkMaking(door, client, settled, "import");
  checkForeign(door, client, { foreign, group: settled.group });
  door.executor.assertChanging(false);
  door.writes.take(client.id);
  const owner = { kind: "client", id: client.id } as const;
  const id = door.executor.newKeyId(client);
  const record: NewRecord = { ...settled, id, algorithm, bits, foreign, origin: "registered", owner };
  const handle = take(door, caller, record, item.material);
  return keepRegistered(door, caller, record, handle);
}

/** Keeps an object whose material has been taken in. */
export async function keepRegistered(
  door: Door,
  caller: Caller,
  record: NewRecord,
  handle: KeyHandle,
): Promise<ObjectView> {
  const { foreign = [], group } = record;
  const [view] = await keepNew(door, caller, {
    kind: "key.register",
    news: [{ record, made: door.executor.describeMaterial(handle) }],
    touches: foreign.map((each) => `foreign:${each}`),
    also(client) {
      checkForeign(door, client, { foreign, group });
      return [];
    },
  });
  return view as ObjectView;
}

function take(door: Door, caller: Caller, record: NewRecord, given: GivenMaterial): KeyHandle {
  const { id, usage, extractable, type, algorithm, bits } = record;
  const base = { id: { keyId: id, version: 1 }, usages: usage, extractable, type, algorithm };
  const attributes: MaterialAttributes = bits === null ? base : { ...base, bits };
  if ("wrapped" in given) return unwrapped(door, caller, given, attributes);
  if ("components" in given) {
    try {
      return importTransparent(given.components, attributes);
    } finally {
      for (const part of Object.values(given.components)) part?.fill(0);
    }
  }
  try {
    return importMaterial(given.bytes, given.format, attributes);
  } finally {
    given.bytes.fill(0);
  }
}

function unwrapped(
  door: Door,
  caller: Caller,
  { wrapped, under, read }: Extract<GivenMaterial, { readonly wrapped: Uint8Array }>,
  attributes: MaterialAttributes,
): KeyHandle {
  const { key, version, handle } = usableKey(door, caller, under, "unwrap");
  const params = chosen(under.params, key);
  const made = opened(() => unwrapKey(handle, params, wrapped, read, attributes, permitFor(door, key, params)));
  used(door, caller, { key, version, op: "unwrap", bytes: wrapped.byteLength });
  return made;
}

function checkForeign(
  { access, keystore }: Door,
  client: ClientRecord,
  { foreign, group }: { readonly foreign: readonly string[]; readonly group: string },
): void {
  if (foreign.length === 0) return;
  access.checkGroup(client, group, "alias");
  if (foreign.length > MAX_FOREIGN || !foreign.every((each) => FOREIGN.test(each)))
    throw new OperationError("E_INPUT", "Identifiers of another system are up to 256 visible characters.");
  if (foreign.some((each) => keystore.findKeyByForeignId(each) !== null))
    throw new OperationError("E_NAME_TAKEN", "Another object has this identifier.");
}
