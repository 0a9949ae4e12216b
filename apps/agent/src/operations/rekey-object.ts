import { isKeptAlgorithm } from "@holdfast/crypto";
import type { ClientRecord, KeyRecord } from "../keystore/records.ts";
import type { ChangeWrite } from "../lifecycle/change.ts";
import { sayingEffect } from "../lifecycle/change-attributes.ts";
import type { Caller } from "./caller.ts";
import { requested } from "./client-change.ts";
import { keepNew, madeFor, type ObjectPair } from "./create-object.ts";
import type { Door } from "./door.ts";
import { OperationError } from "./errors.ts";
import type { ReKey } from "./new-object.ts";
import { checkMaking, periodsOf, type Settled, settleObject } from "./object-settings.ts";
import type { ObjectView } from "./object-view.ts";
import { permitFor } from "./permit.ts";

/**
 * Makes a new key to take an old one's place: it gets the old one's names, and each is linked to the other.
 *
 * It needs what making a key in that group needs, and the grant `attributes` on the old one, whose names it takes.
 *
 * @throws {@link OperationError} as `createObject`, `E_NOT_FOUND`, `E_KEY_STATE`, `E_INPUT` for what is no symmetric key
 * @see KMIP 2.1 section 6.1.37 (Re-key)
 */
export async function rekeyObject(door: Door, caller: Caller, name: string, change: ReKey): Promise<ObjectView> {
  const { client } = caller;
  const old = replaceable(door, client, door.access.find(client, name));
  const { algorithm, id: oldId, usage, extractable } = old;
  if (old.type !== "symmetric-key" || algorithm === null)
    throw new OperationError("E_INPUT", "Only symmetric keys and key pairs are re-keyed.");
  refuseInToken(old);
  const settled = successorOf(old, change);
  checkMaking(door, client, settled, "create");
  door.executor.assertChanging(false);
  door.writes.take(client.id);
  const bits = algorithm.startsWith("HMAC-") || isKeptAlgorithm(algorithm) ? old.bits : null;
  const record = madeFor(client, door.executor.newKeyId(client), { ...settled, algorithm, bits });
  const permit = permitFor(door, old);
  const made = door.executor.makeKey(record.id, 1, { algorithm, usage, extractable, bits }, permit);
  const [view] = await keepNew(door, caller, {
    kind: "key.create",
    news: [{ record, made }],
    except: [oldId],
    touches: [oldId],
    also: (present) => [replacedBy(door, present, oldId, { id: record.id, names: settled.names })],
  });
  return view as ObjectView;
}

/**
 * The same for a key pair, named by its private key: both keys are made anew, and both get the names of their
 * predecessors.
 *
 * @see KMIP 2.1 section 6.1.38 (Re-key Key Pair)
 */
export async function rekeyPair(
  door: Door,
  caller: Caller,
  name: string,
  change: { readonly privateKey: ReKey; readonly publicKey: ReKey },
): Promise<ObjectPair> {
  const { client } = caller;
  const oldPrivate = replaceable(door, client, door.access.find(client, name));
  const publicId = oldPrivate.links.find(({ kind }) => kind === "public-key")?.id;
  const { algorithm } = oldPrivate;
  if (oldPrivate.type !== "private-key" || algorithm === null || publicId === undefined)
    throw new OperationError("E_INPUT", "The object is no private key with its public key.");
  refuseInToken(oldPrivate);
  const oldPublic = replaceable(door, client, door.access.findById(client, publicId));
  const ids = { privateKey: door.executor.newKeyId(client), publicKey: door.executor.newKeyId(client) };
  const settled = {
    privateKey: successorOf(oldPrivate, change.privateKey, { kind: "public-key", id: ids.publicKey }),
    publicKey: successorOf(oldPublic, change.publicKey, { kind: "private-key", id: ids.privateKey }),
  };
  for (const part of Object.values(settled)) checkMaking(door, client, part, "create");
  door.executor.assertChanging(false);
  door.writes.take(client.id);
  const privateKey = madeFor(client, ids.privateKey, settled.privateKey, algorithm);
  const publicKey = madeFor(client, ids.publicKey, settled.publicKey, algorithm);
  const made = await door.executor.makePairLater(algorithm, { privateKey, publicKey });
  const views = await keepNew(door, caller, {
    kind: "key.create",
    news: [
      { record: privateKey, made: made.privateKey },
      { record: publicKey, made: made.publicKey },
    ],
    except: [oldPrivate.id, oldPublic.id],
    touches: [oldPrivate.id, oldPublic.id],
    also: (present) => [
      replacedBy(door, present, oldPrivate.id, { id: ids.privateKey, names: settled.privateKey.names }),
      replacedBy(door, present, oldPublic.id, { id: ids.publicKey, names: settled.publicKey.names }),
    ],
  });
  return { privateKey: views[0] as ObjectView, publicKey: views[1] as ObjectView };
}

/** @throws {@link OperationError} */
function replaceable({ access }: Door, client: ClientRecord, key: KeyRecord): KeyRecord {
  access.checkChange(client, key, "attributes");
  const { state, id, dates, scheduled } = key;
  if (dates.archived !== undefined) throw new OperationError("E_KEY_ARCHIVED", undefined, { keyId: id });
  const good = state === "pre-active" || state === "active" || state === "deactivated";
  if (!good || scheduled !== null) throw new OperationError("E_KEY_STATE", undefined, { keyId: id, state });
  return key;
}

function successorOf(old: KeyRecord, change: ReKey, link?: { readonly kind: string; readonly id: string }): Settled {
  const { type, usage, label, group, extractable, sensitive, names, attributes, state, limits, id, dates } = old;
  const settings = {
    ...{ usage, label, group, extractable, sensitive, names },
    attributes: { ...attributes, ...change.attributes },
    dates: change.dates ?? (state === "pre-active" ? {} : { activation: "now" }),
    links: [{ kind: "replaced", id }, ...(link === undefined ? [] : [link])],
    ...(limits === null ? {} : { limits: { unit: limits.unit, total: limits.total } }),
    ...periodsOf(dates),
  };
  return settleObject(type, settings, [label, ...names.map(({ value }) => value)]);
}

/** The old object gives its names up, if they are still those that the new one has taken. */
function replacedBy(
  door: Door,
  client: ClientRecord,
  oldId: string,
  successor: { readonly id: string; readonly names: Settled["names"] },
): ChangeWrite {
  const old = replaceable(door, client, door.access.findById(client, oldId));
  const same = JSON.stringify(old.names) === JSON.stringify(successor.names ?? []);
  if (!same) throw new OperationError("E_NAME_TAKEN", "The object's names have just changed.");
  const links = [...old.links.filter(({ kind }) => kind !== "replacement"), { kind: "replacement", id: successor.id }];
  return { effect: sayingEffect(old, { names: [], links }), reason: requested(client, "key.attributes") };
}

/** A successor made by a client would be in the store: whoever relies on the token would have lost it unnoticed. */
function refuseInToken({ store }: KeyRecord): void {
  if (store === "hsm") throw new OperationError("E_INPUT", "A key that is in a token is rotated by administrators.");
}
