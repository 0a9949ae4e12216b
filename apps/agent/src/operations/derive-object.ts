import {
  agree,
  type DeriveParams,
  decapsulate,
  derive,
  encapsulate,
  importMaterial,
  type KeyHandle,
  type MaterialAttributes,
  type MaterialFormat,
} from "@holdfast/crypto";
import type { KeyOperation, ObjectType } from "@holdfast/protocol";
import type { ClientRecord, KeyRecord } from "../keystore/records.ts";
import type { ChangeWrite } from "../lifecycle/change.ts";
import { sayingEffect } from "../lifecycle/change-attributes.ts";
import type { NewRecord } from "../lifecycle/new-record.ts";
import type { Caller } from "./caller.ts";
import { requested } from "./client-change.ts";
import { keepNew } from "./create-object.ts";
import { type Door, handleOf } from "./door.ts";
import { OperationError } from "./errors.ts";
import type { ObjectSettings } from "./new-object.ts";
import { checkBits, checkMaking, settleObject } from "./object-settings.ts";
import type { ObjectView } from "./object-view.ts";
import { permitFor } from "./permit.ts";
import { type Chosen, chosen, type KeyName, opened, type Usable, usableKey, used } from "./use-object.ts";

/** What shall come of a derivation. */
export interface Derived extends ObjectSettings {
  readonly type: Extract<ObjectType, "symmetric-key" | "secret-data">;
  /** Null for secret data. */
  readonly algorithm: string | null;
  readonly bits?: number;
  /** Of a base that may not leave it may not either, where that would otherwise be a refusal. */
  readonly leavesAsBase?: boolean;
}

/** A peer's public key: an object here, or an encoding that is used once. */
export type Peer = KeyName | { readonly bytes: Uint8Array; readonly format: MaterialFormat };

/** How many derived objects a base names; the log names them all. */
const MOST_LINKS = 100;
/** The secret of ML-KEM (FIPS 203 section 8). */
const ENCAPSULATED_BYTES = 32;

/**
 * Derives an object from a key or from secret data. It belongs to whom its base belongs, never leaves where its base does
 * not, and each is linked to the other. Needs the grant `derive` on the base and what making an object needs.
 *
 * @throws {@link OperationError} as `createObject` and `Access.check`, `E_NOT_EXTRACTABLE`; {@link CryptoError}
 * @see KMIP 2.1 section 6.1.17 (Derive Key)
 */
export function deriveObject(
  door: Door,
  caller: Caller,
  named: KeyName,
  { params: choice, object, data }: DeriveRequest,
): Promise<ObjectView> {
  const more = data === undefined ? null : usableKey(door, caller, data, "derive");
  const kept = { named, operation: "derive", object, leaves: more?.key.extractable ?? true } as const;
  return derived(door, caller, kept, ({ key, handle }, attributes) => {
    const params = chosen(choice, key);
    const hash = params.method === "ENCRYPT" ? params.cipher : "hash" in params ? params : {};
    return derive(handle, params, attributes, permitFor(door, key, hash), more?.handle);
  });
}

/** A derivation. */
export interface DeriveRequest {
  readonly params: Chosen<DeriveParams>;
  readonly object: Derived;
  /** Secret data that stand for the derivation's data. Needs the grant `derive` on it too. */
  readonly data?: KeyName | undefined;
}

/** Agrees with a peer on a secret, or on a key derived from it. Needs the grant `derive`. @throws as {@link deriveObject} */
export function agreeObject(
  door: Door,
  caller: Caller,
  named: KeyName,
  request: {
    readonly peer: Peer;
    readonly derivation?: Exclude<DeriveParams, { method: "ENCRYPT" }>;
    readonly object: Derived;
  },
): Promise<ObjectView> {
  const { peer, derivation, object } = request;
  return derived(door, caller, { named, operation: "agree", object }, ({ key, handle }, attributes) =>
    agree(handle, peerOf(door, caller, key, peer), attributes, derivation, permitFor(door, key)),
  );
}

/** Makes a secret and encapsulates it to a public key. Needs the grant `encrypt`. @throws as {@link deriveObject} */
export async function encapsulateObject(
  door: Door,
  caller: Caller,
  named: KeyName,
  { object }: { readonly object: Derived },
): Promise<{ readonly object: ObjectView; readonly ciphertext: Buffer }> {
  let ciphertext: Buffer = Buffer.alloc(0);
  const made = await derived(
    door,
    caller,
    { named, operation: "encapsulate", object },
    ({ key, handle }, attributes) => {
      door.limits.take(key, ENCAPSULATED_BYTES);
      const result = encapsulate(handle, attributes);
      ciphertext = result.ciphertext;
      return result.secret;
    },
  );
  return { object: made, ciphertext };
}

/** Opens an encapsulated secret into an object. Needs the grant `decrypt`. @throws as {@link deriveObject}, `E_DECRYPT` */
export function decapsulateObject(
  door: Door,
  caller: Caller,
  named: KeyName,
  { ciphertext, object }: { readonly ciphertext: Uint8Array; readonly object: Derived },
): Promise<ObjectView> {
  return derived(door, caller, { named, operation: "decapsulate", object }, ({ handle }, attributes) =>
    opened(() => decapsulate(handle, ciphertext, attributes)),
  );
}

async function derived(
  door: Door,
  caller: Caller,
  {
    named,
    operation,
    object,
    leaves: dataLeaves = true,
  }: {
    readonly named: KeyName;
    readonly operation: KeyOperation;
    readonly object: Derived;
    /** Whether what takes part besides may leave. */
    readonly leaves?: boolean;
  },
  make: (usable: Usable, attributes: MaterialAttributes) => KeyHandle,
): Promise<ObjectView> {
  const { client } = caller;
  const usable = usableKey(door, caller, named, operation);
  const { key, version } = usable;
  const { type, algorithm, bits } = object;
  checkBits(bits);
  const wanted = settleObject(type, object);
  const leaves = key.extractable && dataLeaves;
  const settled = object.leavesAsBase === true && !leaves ? { ...wanted, extractable: false } : wanted;
  checkMaking(door, client, settled, "create");
  // A public key may always leave; a secret made with it is no less the client's own for that.
  if (settled.extractable && !leaves) throw new OperationError("E_NOT_EXTRACTABLE", undefined, { keyId: key.id });
  door.executor.assertChanging(false);
  door.writes.take(client.id);
  const id = door.executor.newKeyId(client);
  const base = {
    id: { keyId: id, version: 1 },
    usages: settled.usage,
    extractable: settled.extractable,
    type,
    algorithm,
  };
  const handle = make(usable, bits === undefined ? base : { ...base, bits });
  used(door, caller, { key, version, op: operation, bytes: 0 });
  const owner =
    operation === "derive" || operation === "agree" ? key.owner : ({ kind: "client", id: client.id } as const);
  const links = [...(settled.links ?? []), { kind: "derivation-base", id: key.id }];
  const record: NewRecord = { ...settled, id, algorithm, bits: bits ?? null, links, origin: "made", owner };
  const [view] = await keepNew(door, caller, {
    kind: "key.create",
    news: [{ record, made: door.executor.describeMaterial(handle), data: owner === key.owner ? { from: key.id } : {} }],
    touches: [key.id],
    also: (present) => linkedBase(door, present, key.id, { id, operation }),
  });
  return view as ObjectView;
}

/** The base says what was derived from it, as long as it names few. */
function linkedBase(
  { access }: Door,
  client: ClientRecord,
  baseId: string,
  { id, operation }: { readonly id: string; readonly operation: KeyOperation },
): ChangeWrite[] {
  const base = access.findById(client, baseId);
  access.check(client, base, operation);
  if (base.links.length >= MOST_LINKS || base.scheduled !== null) return [];
  const effect = sayingEffect(base, { links: [...base.links, { kind: "derived", id }] });
  return [{ effect, reason: requested(client, "key.attributes") }];
}

function peerOf(door: Door, caller: Caller, key: KeyRecord, peer: Peer): KeyHandle {
  if ("name" in peer) {
    const { access } = door;
    const other = access.find(caller.client, peer.name, peer.group);
    if (other.locked !== null) throw new OperationError(other.locked, undefined, { keyId: other.id });
    return handleOf(door, other, peer.version ?? other.current);
  }
  const id = { keyId: key.id, version: key.current };
  const attributes = {
    id,
    usages: ["agree"],
    extractable: true,
    type: "public-key",
    algorithm: key.algorithm,
  } as const;
  return importMaterial(peer.bytes, peer.format, attributes);
}
