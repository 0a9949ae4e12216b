import {
  formatOf,
  generateKey,
  joinKey,
  type KeyHandle,
  type MaterialFormat,
  type SplitMethod,
  splitKey,
  type Threshold,
} from "@holdfast/crypto";
import type { ObjectType } from "@holdfast/protocol";
import type { AttributeBag, ClientRecord, KeyRecord } from "../keystore/records.ts";
import type { NewRecord } from "../lifecycle/new-record.ts";
import type { Caller } from "./caller.ts";
import { keepNew } from "./create-object.ts";
import { type Door, handleOf } from "./door.ts";
import { OperationError } from "./errors.ts";
import type { ObjectSettings } from "./new-object.ts";
import { checkBits, checkMaking, settleObject } from "./object-settings.ts";
import type { ObjectView } from "./object-view.ts";
import { permitFor } from "./permit.ts";

/** What is split: an object that is here, or a new symmetric key of which nothing but the parts is kept. */
export type SplitBase = { readonly name: string } | { readonly algorithm: string; readonly bits?: number | undefined };

/** A key in parts. */
export interface SplitRequest {
  readonly base: SplitBase;
  readonly how: SplitMethod;
  readonly threshold: Threshold;
  /** What every part is, and what is said of one by its index from 1. */
  readonly part: ObjectSettings;
  readonly said: (index: number, split: { readonly format: MaterialFormat; readonly bits: number }) => AttributeBag;
}

/**
 * Splits a key into objects of the client: enough of them make the key again, fewer say nothing of it.
 *
 * Whoever holds the parts holds the key, so it needs what taking the key out in clear needs: the grant `get`, and a key
 * that may leave. A part that leaves is a release of its own.
 *
 * @throws {@link OperationError} as `createObject`, `E_NOT_FOUND`, `E_KEY_STATE`, `E_NOT_EXTRACTABLE`, `E_WRAPPING_KEY`;
 *   {@link CryptoError} `E_CRYPTO_INPUT` for numbers of parts that do not go
 * @see KMIP 2.1 section 6.1.13 (Create Split Key)
 */
export async function splitObject(door: Door, caller: Caller, request: SplitRequest): Promise<ObjectView[]> {
  const { client } = caller;
  const { how, threshold, part, said } = request;
  const settled = settleObject("split-key", part);
  checkMaking(door, client, settled, "create");
  door.executor.assertChanging(false);
  door.writes.take(client.id);
  const { handle, algorithm, fresh } = baseOf(door, caller, request.base);
  try {
    const ids = Array.from({ length: partCount(threshold) }, () => door.executor.newKeyId(client));
    const idOf = (index: number): string => ids[index - 1] ?? "";
    const { extractable, usage: usages } = settled;
    const attributes = (index: number) =>
      ({ id: { keyId: idOf(index), version: 1 }, type: "split-key", algorithm, usages, extractable }) as const;
    const handles = splitKey(handle, { how, threshold, attributes });
    const owner = { kind: "client", id: client.id } as const;
    const news = handles.map((each, at) => {
      const bag = { ...settled.attributes, ...said(at + 1, { format: formatOf(handle), bits: handle.bits }) };
      const names = at === 0 ? settled.names : [];
      const record: NewRecord = {
        ...{
          ...settled,
          attributes: bag,
          names,
          id: idOf(at + 1),
          algorithm,
          bits: handle.bits,
          origin: "made",
          owner,
        },
      };
      return { record, made: { ...door.executor.describeMaterial(each), bits: handle.bits } };
    });
    return await keepNew(door, caller, { kind: "key.create", news });
  } finally {
    if (fresh) handle.zeroize();
  }
}

function partCount({ parts }: Threshold): number {
  if (!Number.isSafeInteger(parts) || parts < 1 || parts > 255)
    throw new OperationError("E_INPUT", "A key is split into 1 to 255 parts.");
  return parts;
}

function baseOf(
  door: Door,
  { client }: Caller,
  base: SplitBase,
): { readonly handle: KeyHandle; readonly algorithm: string | null; readonly fresh: boolean } {
  if (!("name" in base)) {
    const { algorithm, bits } = base;
    const id = { keyId: door.executor.newKeyId(client), version: 1 };
    const attributes = { id, usages: ["derive"] as const, extractable: true };
    const permit = permitFor(door, { algorithm, bits: bits ?? null });
    const sized = bits === undefined || !algorithm.startsWith("HMAC-") ? attributes : { ...attributes, bits };
    return { handle: generateKey(algorithm, sized, permit), algorithm, fresh: true };
  }
  const key = door.access.find(client, base.name);
  door.access.check(client, key, "get");
  if (!key.extractable) throw new OperationError("E_NOT_EXTRACTABLE", undefined, { keyId: key.id });
  if (key.sensitive) throw new OperationError("E_WRAPPING_KEY", undefined, { keyId: key.id });
  if (!SPLITTABLE.has(key.type)) throw new OperationError("E_INPUT", "Keys and secret data are split.");
  return { handle: handleOf(door, key, key.current), algorithm: key.algorithm, fresh: false };
}

const SPLITTABLE: ReadonlySet<ObjectType> = new Set(["symmetric-key", "private-key", "secret-data"]);

/** What shall come of parts. */
export interface Joined extends ObjectSettings {
  readonly type: Extract<ObjectType, "symmetric-key" | "private-key" | "secret-data">;
  readonly algorithm: string | null;
  readonly bits?: number;
}

/** How parts belong together, as whoever keeps them has it. */
export interface Joining {
  readonly how: SplitMethod;
  readonly format: MaterialFormat;
  readonly bytes: number;
  readonly indexes: readonly number[];
  readonly object: Joined;
}

/**
 * Makes an object of the parts of a split key. It belongs to the client, leaves only where every part may, and counts as
 * known to others if one of its parts was. Needs the grant `get` on each part and what making an object needs.
 *
 * @param decide - From the parts, in the order of their names; it may refuse by throwing.
 * @throws {@link OperationError} as `createObject`, `E_NOT_FOUND`, `E_KEY_STATE`, `E_DECRYPT` for parts that make no key
 * @see KMIP 2.1 section 6.1.28 (Join Split Key)
 */
export async function joinObject(
  door: Door,
  caller: Caller,
  names: readonly string[],
  decide: (parts: readonly KeyRecord[]) => Joining,
): Promise<ObjectView> {
  const { client } = caller;
  const parts = names.map((name) => partFor(door, client, name));
  const { how, format, bytes, indexes, object } = decide(parts);
  const wanted = settleObject(object.type, object);
  const leaves = parts.every(({ extractable }) => extractable);
  const settled = {
    ...wanted,
    extractable: wanted.extractable && leaves,
    sensitive: wanted.sensitive === true || parts.some(({ sensitive }) => sensitive),
  };
  const origin = parts.some((part) => part.origin === "registered") ? "registered" : "made";
  checkMaking(door, client, settled, origin === "made" ? "create" : "import");
  door.executor.assertChanging(false);
  door.writes.take(client.id);
  const { algorithm, type, bits } = object;
  checkBits(bits);
  const id = door.executor.newKeyId(client);
  const { extractable, usage: usages } = settled;
  const attributes = { id: { keyId: id, version: 1 }, type, algorithm, usages, extractable };
  const handles = parts.map((part, at) => ({ index: indexes[at] ?? 0, handle: handleOf(door, part, part.current) }));
  const handle = joinKey(
    { parts: handles, how, format, bytes },
    bits === undefined ? attributes : { ...attributes, bits },
  );
  const owner = { kind: "client", id: client.id } as const;
  const record: NewRecord = { ...settled, id, algorithm, bits: bits ?? null, origin, owner };
  const [view] = await keepNew(door, caller, {
    kind: origin === "made" ? "key.create" : "key.register",
    news: [{ record, made: door.executor.describeMaterial(handle) }],
  });
  return view as ObjectView;
}

function partFor({ access }: Door, client: ClientRecord, name: string): KeyRecord {
  const part = access.find(client, name);
  access.check(client, part, "get");
  if (part.type !== "split-key") throw new OperationError("E_INPUT", "Only parts of split keys are joined.");
  return part;
}
