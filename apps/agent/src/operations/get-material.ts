import { type CipherParams, formatOf, type KeyHandle, type MaterialFormat } from "@holdfast/crypto";
import { type Components, exportComponents, exportMaterial, wrapMaterial } from "@holdfast/crypto/egress";
import type { ClientRecord, KeyRecord } from "../keystore/records.ts";
import type { ChangeWrite } from "../lifecycle/change.ts";
import { sayingEffect } from "../lifecycle/change-attributes.ts";
import type { Caller } from "./caller.ts";
import { type Door, handleOf, viewOf } from "./door.ts";
import { OperationError } from "./errors.ts";
import { afterRelease, hasLeft } from "./material-facts.ts";
import { isPublicType } from "./object-settings.ts";
import type { ObjectView } from "./object-view.ts";
import { permitFor } from "./permit.ts";
import { type Chosen, chosen, type KeyName, used } from "./use-object.ts";

/** A form of material, or the numbers of a key. */
type AskedFormat = MaterialFormat | "components" | undefined;

/** What a client takes out. */
export interface MaterialRequest extends KeyName {
  /** The form in which it came or was made, without it; `components` for the numbers of a key. May depend on the object. */
  readonly format?: AskedFormat | ((object: ObjectView) => AskedFormat);
  /** Under which key it leaves; in clear without it. */
  readonly wrapping?: Wrapping | undefined;
}

/** How material is wrapped before it leaves. */
export interface Wrapping extends KeyName {
  readonly params: Chosen<CipherParams>;
  /** Puts the material into the structure that is wrapped. What it returns is wiped. */
  readonly encode?: (material: Buffer) => Uint8Array;
}

/** Material that left. Caller must: wipe it once it is sent. */
export interface Released {
  readonly id: string;
  readonly version: number;
  readonly type: KeyRecord["type"];
  readonly algorithm: string | null;
  readonly bits: number | null;
  /** As it was when its material left. */
  readonly object: ObjectView;
  /** The form of `material`, before it was wrapped. */
  readonly format: MaterialFormat;
  /** Empty where the numbers were asked for. */
  readonly material: Buffer;
  readonly components?: Components;
  readonly wrapped?: { readonly keyId: string; readonly version: number; readonly iv?: Buffer; readonly tag?: Buffer };
}

/**
 * Takes an object's material out, in clear or under another key. The release is durable in the custody log before this
 * resolves; releases of one moment share a transaction.
 *
 * Wrapped or not, it needs the grant `get` on the object and an object that may leave. A wrapping key needs the grant and
 * the usage `wrap`, must not be one that somebody else has held, and for what leaves wrapped only it must be one that
 * administrators made. Public keys and certificates need the grant `get` or `locate` and are no releases.
 *
 * @throws {@link OperationError} `E_NOT_FOUND`, `E_GRANT`, `E_KEY_STATE`, `E_KEY_ARCHIVED`, `E_NOT_EXTRACTABLE`,
 *   `E_WRAPPING_KEY`, `E_RATE`; {@link CryptoError} for a form that the material does not have; {@link AdmissionError}
 *   `E_RECOVERING`; {@link StoreError} `E_STORE`
 */
export async function getMaterial(door: Door, caller: Caller, request: MaterialRequest): Promise<Released> {
  const { access, executor, releases } = door;
  const { id, type } = access.find(caller.client, request.name, request.group);
  if (isPublicType(type) && request.wrapping === undefined) return getPublic(door, caller, id, request);
  const wrapper = request.wrapping && access.find(caller.client, request.wrapping.name, request.wrapping.group).id;
  const permitted = () => {
    const client = access.present(caller.client);
    const key = access.findById(client, id);
    const { version = key.current } = request;
    access.check(client, key, "get", version);
    if (!key.extractable) throw new OperationError("E_NOT_EXTRACTABLE", undefined, { keyId: id });
    const wrapping = wrapper === undefined ? null : wrappingKey(door, client, key, access.findById(client, wrapper));
    if (wrapping === null) assertNotSensitive(key);
    executor.assertChanging(true);
    return { key, version, handle: handleOf(door, key, version), wrapping };
  };
  const first = !hasLeft(permitted().key.attributes);
  releases.take(caller.client.id);
  return executor.submit({
    touches: first ? [id] : [],
    reads: wrapper === undefined ? [id] : [id, wrapper],
    prepare() {
      const { key, version, handle, wrapping } = permitted();
      const actor = { kind: "client", id: caller.client.id } as const;
      const data = { version, ...(wrapper === undefined ? {} : { under: wrapper }) };
      const entry = { kind: "release", subject: id, actor, cause: { kind: "request" }, data } as const;
      const source = { key, version, handle, object: viewOf(door, caller.client, id) };
      return {
        writes: first && !hasLeft(key.attributes) ? [leftWrite(key), { entry }] : [{ entry }],
        result: () =>
          wrapping === null
            ? inClear(source, formatFor(request, source))
            : wrapped(door, caller, { source, wrapping, request }),
      };
    },
  });
}

/** An object whose material has left once is not fresh any more. */
function leftWrite(key: KeyRecord): ChangeWrite {
  const reason = { kind: "key.attributes", actor: { kind: "agent" }, cause: { kind: "host" } } as const;
  return { effect: sayingEffect(key, { attributes: afterRelease(key.attributes) }), reason };
}

interface Source {
  readonly key: KeyRecord;
  readonly version: number;
  readonly handle: KeyHandle;
  readonly object: ObjectView;
}

function formatFor({ format }: MaterialRequest, { object }: Source): AskedFormat {
  return typeof format === "function" ? format(object) : format;
}

function inClear(source: Source, format: AskedFormat): Released {
  const { handle } = source;
  if (format !== "components") {
    const form = format ?? formatOf(handle);
    return released(source, form, exportMaterial(handle, form));
  }
  return { ...released(source, formatOf(handle), Buffer.alloc(0)), components: exportComponents(handle) };
}

function wrapped(
  door: Door,
  caller: Caller,
  { source, wrapping, request }: { source: Source; wrapping: KeyRecord; request: MaterialRequest },
): Released {
  const { handle } = source;
  const { params: choice, encode } = request.wrapping as Wrapping;
  const params = chosen(choice, wrapping);
  const format = formatFor(request, source);
  if (format === "components") throw new OperationError("E_INPUT", "Numbers are not wrapped.");
  const form = format ?? formatOf(handle);
  const material = exportMaterial(handle, form);
  const plain = encode?.(material) ?? material;
  try {
    const under = request.wrapping?.version ?? wrapping.current;
    door.limits.take(wrapping, plain.byteLength);
    const made = wrapMaterial(handleOf(door, wrapping, under), params, plain, permitFor(door, wrapping, params));
    const by = used(door, caller, { key: wrapping, version: under, op: "wrap", bytes: plain.byteLength });
    const { ciphertext, ...rest } = made;
    return { ...released(source, form, ciphertext), wrapped: { ...by, ...rest } };
  } finally {
    material.fill(0);
    plain.fill(0);
  }
}

/** @throws {@link OperationError} `E_WRAPPING_KEY` and those of `Access.check` */
function wrappingKey({ access, limits }: Door, client: ClientRecord, inner: KeyRecord, key: KeyRecord): KeyRecord {
  access.check(client, key, "wrap");
  const trusted = key.owner.kind === "domain" && key.origin === "made";
  const good = key.id !== inner.id && key.origin === "made" && (trusted || !inner.sensitive);
  if (!good) throw new OperationError("E_WRAPPING_KEY", undefined, { keyId: key.id });
  if (limits.remaining(key) < 1) throw new OperationError("E_KEY_LIMIT", undefined, { keyId: key.id });
  return key;
}

/** @throws {@link OperationError} `E_WRAPPING_KEY` */
function assertNotSensitive({ id, sensitive }: KeyRecord): void {
  if (sensitive) throw new OperationError("E_WRAPPING_KEY", undefined, { keyId: id, sensitive: 1 });
}

function getPublic(door: Door, { client }: Caller, id: string, request: MaterialRequest): Released {
  const { access } = door;
  const key = access.findById(client, id);
  if (!access.permits(client, key, "get")) access.check(client, key, "locate");
  assertNotSensitive(key);
  if (key.locked !== null) throw new OperationError(key.locked, undefined, { keyId: id });
  if (key.state.startsWith("destroyed"))
    throw new OperationError("E_KEY_STATE", undefined, { keyId: id, state: key.state });
  if (key.dates.archived !== undefined) throw new OperationError("E_KEY_ARCHIVED", undefined, { keyId: id });
  const version = request.version ?? key.current;
  const source = { key, version, handle: handleOf(door, key, version), object: viewOf(door, client, id) };
  return inClear(source, formatFor(request, source));
}

function released({ key, version, object }: Source, format: MaterialFormat, material: Buffer): Released {
  const { id, type, algorithm, bits } = key;
  return { id, version, type, algorithm, bits, object, format, material };
}
