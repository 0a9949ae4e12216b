import type { ClientRecord } from "../keystore/records.ts";
import type { MadeKey } from "../lifecycle/act.ts";
import type { ChangeWrite } from "../lifecycle/change.ts";
import type { KeyEffect } from "../lifecycle/effect.ts";
import { type NewRecord, newRecordEffect } from "../lifecycle/new-record.ts";
import type { Caller } from "./caller.ts";
import { requested } from "./client-change.ts";
import { type Door, viewOf } from "./door.ts";
import { withMaterialFacts } from "./material-facts.ts";
import type { NewObject, NewPair } from "./new-object.ts";
import {
  assertNamesFree,
  checkBits,
  checkLife,
  checkMaking,
  namesTouched,
  type Settled,
  settleObject,
} from "./object-settings.ts";
import { type ObjectView, objectView } from "./object-view.ts";
import { permitFor } from "./permit.ts";

/**
 * Makes a key for a client within its grant, active or pre-active as its activation says.
 *
 * @throws {@link OperationError} `E_GRANT`, `E_RATE`, `E_INPUT`, `E_NAME_TAKEN`; {@link CryptoError} for what the algorithm
 *   does not have; {@link AdmissionError} `E_LOCKED`, `E_RECOVERING`; {@link StoreError} `E_STORE`
 */
export async function createObject(door: Door, caller: Caller, item: NewObject): Promise<ObjectView> {
  const settled = settleObject("symmetric-key", item);
  checkLife(item);
  const { algorithm, bits = null } = item;
  const { client } = caller;
  checkBits(bits);
  checkMaking(door, client, settled, "create");
  door.executor.assertChanging(false);
  door.writes.take(client.id);
  const record = madeFor(client, door.executor.newKeyId(client), { ...settled, algorithm, bits });
  const { usage, extractable } = settled;
  const permit = permitFor(door, { algorithm, bits });
  const made = door.executor.makeKey(record.id, 1, { algorithm, usage, extractable, bits }, permit);
  const [view] = await keepNew(door, caller, { kind: "key.create", news: [{ record, made }] });
  return view as ObjectView;
}

/** A private key and its public key. */
export interface ObjectPair {
  readonly privateKey: ObjectView;
  readonly publicKey: ObjectView;
}

/**
 * Makes a key pair for a client within its grant: both keys in one transaction, each linked to the other.
 *
 * @throws as {@link createObject}
 */
export async function createPair(door: Door, caller: Caller, item: NewPair): Promise<ObjectPair> {
  const { client } = caller;
  const { algorithm, bits = null } = item;
  checkBits(bits);
  const parts = {
    privateKey: settleObject("private-key", item.privateKey),
    publicKey: settleObject("public-key", item.publicKey),
  };
  for (const part of [item.privateKey, item.publicKey]) checkLife(part);
  for (const part of Object.values(parts)) checkMaking(door, client, part, "create");
  door.executor.assertChanging(false);
  door.writes.take(client.id);
  const ids = { privateKey: door.executor.newKeyId(client), publicKey: door.executor.newKeyId(client) };
  const privateKey = madeFor(
    client,
    ids.privateKey,
    linked(parts.privateKey, "public-key", ids.publicKey),
    algorithm,
    bits,
  );
  const publicKey = madeFor(
    client,
    ids.publicKey,
    linked(parts.publicKey, "private-key", ids.privateKey),
    algorithm,
    bits,
  );
  const made = await door.executor.makePairLater(algorithm, { privateKey, publicKey });
  const news = [
    { record: privateKey, made: made.privateKey },
    { record: publicKey, made: made.publicKey },
  ];
  const views = await keepNew(door, caller, { kind: "key.create", news });
  return { privateKey: views[0] as ObjectView, publicKey: views[1] as ObjectView };
}

/** New objects with their material, and what else is written with them. */
export interface NewObjects {
  readonly kind: "key.create" | "key.register";
  readonly news: readonly {
    readonly record: NewRecord;
    readonly made: MadeKey;
    /** What its entry carries besides. */
    readonly data?: Readonly<Record<string, string>>;
  }[];
  /** Objects that give their names up to the new ones. */
  readonly except?: readonly string[];
  readonly touches?: readonly string[];
  /** Repeats the request's own checks, and says what else is written. */
  readonly also?: (client: ClientRecord) => readonly ChangeWrite[];
}

/** Keeps new objects of a client: all of them with what belongs to them, or nothing. */
export async function keepNew(door: Door, caller: Caller, { kind, news, except, touches = [], also }: NewObjects) {
  const { access, executor } = door;
  try {
    return await executor.submit({
      touches: [...touches, ...news.flatMap(({ record }) => namesTouched(record))],
      prepare() {
        const client = access.present(caller.client);
        executor.assertChanging(false);
        for (const { record } of news) {
          checkMaking(door, client, record, kind === "key.create" ? "create" : "import");
          assertNamesFree(door, client, record, except);
        }
        const now = door.clock.now();
        const made = news.map(({ record, made: material, data }) => ({
          effect: withData(newRecordEffect(withFacts(record, material), material, now), data),
          reason: requested(client, kind),
        }));
        for (const { effect } of made) caller.judge?.(objectView(effect.after, client.id, now));
        const writes = [...made, ...(also?.(client) ?? [])];
        return { writes, result: () => news.map(({ record }) => viewOf(door, client, record.id)) };
      },
    });
  } catch (cause) {
    for (const { made } of news) made.handle.zeroize();
    throw cause;
  }
}

function withFacts(record: NewRecord, made: MadeKey): NewRecord {
  return { ...record, attributes: withMaterialFacts(record.attributes ?? {}, made) };
}

function withData(effect: KeyEffect, data: Readonly<Record<string, string>> | undefined): KeyEffect {
  const all = { ...effect.data, ...data };
  return Object.keys(all).length === 0 ? effect : { ...effect, data: all };
}

/** A record of something made here for a client. */
export function madeFor(
  client: ClientRecord,
  id: string,
  settled: Settled & Partial<Pick<NewRecord, "algorithm" | "bits">>,
  algorithm: string | null = settled.algorithm ?? null,
  bits: number | null = settled.bits ?? null,
): NewRecord {
  return { ...settled, id, algorithm, bits, origin: "made", owner: { kind: "client", id: client.id } };
}

function linked(settled: Settled, kind: string, id: string): Settled {
  return { ...settled, links: [...(settled.links ?? []), { kind, id }] };
}
