import { isKeyPairAlgorithm, usageOfPart } from "@holdfast/protocol";
import { AdmissionError } from "../admission/errors.ts";
import { type NewKey, recordOf } from "../lifecycle/create.ts";
import { newRecordEffect } from "../lifecycle/new-record.ts";
import type { Caller } from "./caller.ts";
import { requested } from "./client-change.ts";
import { createPair, type ObjectPair } from "./create-object.ts";
import type { Door } from "./door.ts";
import { OperationError } from "./errors.ts";
import { type KeyMetadata, keyMetadata } from "./key-metadata.ts";
import type { PlannedDates } from "./new-object.ts";
import { checkLabel, checkNewNames, checkPlanned, checkReminder, periodsOf } from "./object-settings.ts";

/**
 * Makes a key for a client within its grant; its entry in the custody log is durable before this returns.
 *
 * An alias needs the grant `alias` in the group, because applications address keys by it; a key that may leave needs
 * the grant `get`.
 *
 * @throws {@link OperationError} `E_GRANT`, `E_RATE`, `E_INPUT`; {@link AdmissionError} `E_LOCKED`, `E_RECOVERING`, `E_PRESTATE` for an
 * alias that is taken; {@link StoreError} `E_STORE`
 */
export function createKey(door: Door, { client }: Caller, item: NewKey): KeyMetadata {
  const { access, executor, writes, keystore, clock } = door;
  access.checkGroup(client, item.group, "create");
  if (item.alias !== undefined) access.checkGroup(client, item.group, "alias");
  if (item.extractable) access.checkGroup(client, item.group, "get");
  checkPlan(item, clock.now());
  if (isKeyPairAlgorithm(item.algorithm)) throw new OperationError("E_INPUT", "The algorithm makes key pairs.");
  writes.take(client.id);
  const record = recordOf({ ...item, id: executor.newKeyId(client), owner: { kind: "client", id: client.id } });
  const key = executor.perform({
    touches: [],
    prepare() {
      executor.assertChanging(false);
      if (item.alias !== undefined && keystore.findKeyByAlias(item.alias, item.group) !== null)
        throw new AdmissionError("E_PRESTATE", "The alias belongs to another key of the group.");
      const { algorithm, usage, extractable } = item;
      const made = executor.makeKey(record.id, 1, { algorithm, usage, extractable, bits: null });
      const effect = newRecordEffect(record, made, clock.now());
      const reason = requested(client, "key.create");
      return { writes: [{ effect, reason }], result: () => keystore.findKey(record.id) };
    },
  });
  if (key === null) throw new OperationError("E_NOT_FOUND");
  return keyMetadata(key, client.id, 0);
}

/**
 * The same of an asymmetric algorithm: a private key, which has the alias, and its public key.
 *
 * @throws as {@link createKey} and {@link createPair}
 */
export async function createKeyPair(door: Door, caller: Caller, item: NewKey): Promise<ObjectPair> {
  checkPlan(item, door.clock.now());
  const { algorithm, usage, alias, activation = "now", protectStop, deactivation, limit, ...shared } = item;
  const dates: PlannedDates = {
    activation,
    ...(protectStop === undefined ? {} : { protectStop }),
    ...(deactivation === undefined ? {} : { deactivation }),
  };
  const both = { ...shared, dates, ...(limit === undefined ? {} : { limits: limit }) };
  const named = alias === undefined ? {} : { alias };
  return createPair(door, caller, {
    algorithm,
    privateKey: { ...both, ...named, usage: usageOfPart(usage, "private-key") },
    publicKey: { ...both, usage: usageOfPart(usage, "public-key") },
  });
}

/** Its name can be seen; periods, dates and what reminds do not contradict each other, and what ends is to come. @throws {@link OperationError} `E_INPUT` */
function checkPlan(item: NewKey, now: number): void {
  checkLabel(item.label);
  checkNewNames([item.label]);
  periodsOf(item);
  checkReminder(item);
  checkPlanned(item, now);
}
