import { importMaterial, type KeyHandle } from "@holdfast/crypto";
import type { ClientRecord } from "../keystore/records.ts";
import type { NewRecord } from "../lifecycle/new-record.ts";
import type { Caller } from "./caller.ts";
import { keepNew } from "./create-object.ts";
import type { Door } from "./door.ts";
import { OperationError } from "./errors.ts";
import type { Registration } from "./new-object.ts";
import { checkMaking, settleObject } from "./object-settings.ts";
import type { ObjectView } from "./object-view.ts";
import { permitFor } from "./permit.ts";

const MAX_FOREIGN = 10;
const FOREIGN = /^[\u0021-\u007e]{1,256}$/;

/**
 * Takes in an object that exists already, within the client's grant `import`. It counts as known to whoever had it.
 *
 * @throws {@link OperationError} `E_GRANT`, `E_RATE`, `E_INPUT`, `E_NAME_TAKEN`; {@link CryptoError} for material that is not
 *   what it is said to be; {@link AdmissionError} `E_LOCKED`, `E_RECOVERING`; {@link StoreError} `E_STORE`
 */
export async function registerObject(door: Door, caller: Caller, item: Registration): Promise<ObjectView> {
  const { client } = caller;
  const settled = settleObject(item.type, item);
  const { algorithm, bits = null, foreign = [] } = item;
  checkMaking(door, client, settled, "import");
  checkForeign(door, client, { foreign, group: settled.group });
  door.executor.assertChanging(false);
  door.writes.take(client.id);
  const owner = { kind: "client", id: client.id } as const;
  const id = door.executor.newKeyId(client);
  const record: NewRecord = { ...settled, id, algorithm, bits, foreign, origin: "registered", owner };
  const handle = take(door, record, item);
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

function take(door: Door, record: NewRecord, { material, format }: Registration): KeyHandle {
  const { id, usage, extractable, type, algorithm, bits } = record;
  try {
    return importMaterial(
      material,
      format,
      {
        ...{ id: { keyId: id, version: 1 }, usages: usage, extractable, type, algorithm },
        ...(bits === null ? {} : { bits }),
      },
      permitFor(door, { algorithm, bits: bits ?? material.byteLength * 8 }),
    );
  } finally {
    material.fill(0);
  }
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
  if (foreign.some((each) => keystore.findKeyByForeignId(each) !== null)) throw new OperationError("E_NAME_TAKEN");
}
