import {
  CryptoError,
  HsmError,
  type KeyBinding,
  type KeyEncryptionKey,
  type KeyHandle,
  kekNumberOf,
  type RootKey,
  unwrapKeyMaterial,
} from "@holdfast/crypto";
import { StoreError } from "./errors.ts";
import type { KekRing } from "./kek-ring.ts";
import type { LogIndex, UsageRecord } from "./log-index.ts";
import type { ClientRecord, DomainRecord, KeyRecord, LockReason } from "./records.ts";
import { decodeBody, isAuthenticRow } from "./row.ts";
import type { RowTable, Store } from "./store.ts";

/** An object that failed verification and serves nothing. */
export interface LockedObject {
  readonly id: string;
  readonly kind: "key" | "client" | "domain" | "kek";
  readonly code: LockReason;
}

/** What the keystore and its writer ask of keys in a token. */
export interface TokenKeys {
  /** Whether there is a token at all, connected or not. */
  readonly available: boolean;
  open(kek: KeyEncryptionKey, wrapped: Uint8Array, binding: KeyBinding): KeyHandle;
  /** Writes down that versions are about to be forgotten. */
  dropping(keyId: string, versions: readonly number[]): void;
}

/** What the keystore is built from: a verified store, opened by {@link loadKeystore}. */
export interface KeystoreParts {
  readonly store: Store;
  readonly root: RootKey;
  readonly keks: KekRing;
  /** Whether material was found under a key-encryption key that is not the newest. */
  readonly isUnderOlderKek: boolean;
  readonly tid: string;
  readonly index: LogIndex;
  readonly keys: readonly KeyRecord[];
  readonly clients: readonly ClientRecord[];
  readonly domain: DomainRecord;
  readonly lockedObjects: readonly LockedObject[];
}

/**
 * The read side of the store, in memory: records, indexes and unwrapped handles, exact with what is durable.
 *
 * Records are immutable; the executor replaces them after its transaction is durable. Key material is unwrapped when
 * a handle is first used, so that a start is fast however many keys there are.
 */
export class Keystore {
  readonly tid: string;
  /** What wraps key material. */
  readonly keks: KekRing;
  /** Whether, at the start, material was under a key-encryption key that was not the newest. */
  readonly isUnderOlderKek: boolean;
  /** Opens keys that are in a token; set when the domain is opened. */
  tokens: TokenKeys | null = null;
  readonly #store: Store;
  readonly #root: RootKey;
  readonly #index: LogIndex;
  readonly #keys = new Map<string, KeyRecord>();
  readonly #aliases = new Map<string, string>();
  readonly #names = new Map<string, Set<string>>();
  readonly #foreign = new Map<string, string>();
  readonly #planned = new Set<string>();
  readonly #scheduled = new Set<string>();
  readonly #clients = new Map<string, ClientRecord>();
  readonly #spki = new Map<string, string>();
  readonly #handles = new Map<string, Map<number, KeyHandle>>();
  readonly #lockedObjects: readonly LockedObject[];
  #domain: DomainRecord;
  #closed = false;

  constructor(parts: KeystoreParts) {
    this.tid = parts.tid;
    this.#store = parts.store;
    this.#root = parts.root;
    this.keks = parts.keks;
    this.isUnderOlderKek = parts.isUnderOlderKek;
    this.#index = parts.index;
    this.#domain = parts.domain;
    this.#lockedObjects = parts.lockedObjects;
    for (const key of parts.keys) this.replaceKey(key);
    for (const client of parts.clients) this.replaceClient(client);
  }

  findKey(id: string): KeyRecord | null {
    return this.#keys.get(id) ?? null;
  }

  /** Aliases are unique per group; without a group, the group `default`. */
  findKeyByAlias(alias: string, group = "default"): KeyRecord | null {
    const id = this.#aliases.get(aliasKey(group, alias));
    return id === undefined ? null : this.findKey(id);
  }

  /** Every object of that name, whoever may see it; destroyed ones too. */
  *findKeysByName(name: string): Iterable<KeyRecord> {
    for (const id of this.#names.get(name) ?? []) {
      const key = this.#keys.get(id);
      if (key !== undefined) yield key;
    }
  }

  /** The object that another system knows by this identifier. */
  findKeyByForeignId(foreign: string): KeyRecord | null {
    const id = this.#foreign.get(foreign);
    return id === undefined ? null : this.findKey(id);
  }

  /** Objects whose state a date may change. */
  *planned(): Iterable<KeyRecord> {
    for (const id of this.#planned) {
      const key = this.#keys.get(id);
      if (key !== undefined) yield key;
    }
  }

  keys(): Iterable<KeyRecord> {
    return this.#keys.values();
  }

  findClient(id: string): ClientRecord | null {
    return this.#clients.get(id) ?? null;
  }

  /** @param spki - Unpadded base64url of SHA-256 over the client certificate's SubjectPublicKeyInfo. */
  findClientBySpki(spki: string): ClientRecord | null {
    const id = this.#spki.get(spki);
    return id === undefined ? null : this.findClient(id);
  }

  clients(): Iterable<ClientRecord> {
    return this.#clients.values();
  }

  domain(): DomainRecord {
    return this.#domain;
  }

  /** Objects whose rows failed verification at unseal: they serve nothing, everything else does. */
  lockedObjects(): readonly LockedObject[] {
    return this.#lockedObjects;
  }

  /** A row of a table that is not kept in memory; one that this agent did not write counts as none. */
  findAuthentic<T>(table: RowTable, id: string): T | null {
    const row = this.#store.findRow(table, id);
    return row !== null && isAuthenticRow(this.#root, table, row) ? decodeBody<T>(row) : null;
  }

  /** Use of a key by client, newest first; only what is in the custody log. */
  usageOf(keyId: string): UsageRecord[] {
    return this.#index.usageOf(keyId);
  }

  /** Use of a key in the 30 days before a time, by client, newest first; only what is in the custody log. */
  recentUseOf(keyId: string, now: number): { client: string; lastAt: number; count: number }[] {
    return this.#index.recentUseOf(keyId, now);
  }

  /** When material of a key last left the agent, as the custody log has it; null if never. */
  releasedAt(keyId: string): number | null {
    return this.#index.releasedAt(keyId);
  }

  /** Keys that the agent does something with by itself. */
  *withSchedules(): Iterable<KeyRecord> {
    for (const id of this.#scheduled) {
      const key = this.#keys.get(id);
      if (key !== undefined) yield key;
    }
  }

  /** Numbers of keys and clients that exist and are not destroyed or revoked. */
  counts(): { keys: number; clients: number; locked: number } {
    let keys = 0;
    for (const { state } of this.#keys.values()) if (!state.startsWith("destroyed")) keys += 1;
    let clients = 0;
    for (const { state } of this.#clients.values()) if (state === "active") clients += 1;
    return { keys, clients, locked: this.#lockedObjects.length };
  }

  /**
   * The handle of one version of a key, unwrapped at its first use.
   *
   * Caller must: have checked client, grant and state (operations/ does).
   * @throws {@link StoreError} `E_SEALED`; `E_STATE_MAC` or `E_STATE_ROLLBACK` for a locked key; `E_NOT_FOUND` for a
   * version that is not there (any more).
   */
  handle(keyId: string, version: number): KeyHandle {
    const cached = this.#handles.get(keyId)?.get(version);
    return cached ?? this.#unwrap(keyId, version);
  }

  /** Drops cached handles of a key: all of them, or of the versions named. */
  dropHandles(keyId: string, versions?: readonly number[]): void {
    const held = this.#handles.get(keyId);
    if (!held) return;
    for (const version of versions ?? [...held.keys()]) {
      held.get(version)?.zeroize();
      held.delete(version);
    }
  }

  /** Drops cached handles of keys in a token, which was opened anew. */
  dropTokenHandles(): void {
    for (const { id, store } of this.#keys.values()) if (store === "hsm") this.dropHandles(id);
  }

  /** Whether there is this version of a key, and it is not destroyed. */
  isAlive(keyId: string, version: number): boolean {
    const found = this.#keys.get(keyId)?.versions.find((each) => each.version === version);
    return found !== undefined && !found.state.startsWith("destroyed");
  }

  /** Keys in a token that are not destroyed. */
  *keysInToken(): Iterable<KeyRecord> {
    for (const key of this.#keys.values()) if (key.store === "hsm" && !key.state.startsWith("destroyed")) yield key;
  }

  /** Drops every handle; used when the agent is sealed. Nothing serves afterwards. */
  close(): void {
    this.#closed = true;
    for (const id of this.#handles.keys()) this.dropHandles(id);
    this.keks.zeroize();
  }

  /** Takes a durable change in. The executor's alone. */
  replaceKey(record: KeyRecord): void {
    const before = this.#keys.get(record.id);
    if (before !== undefined) this.#forgetIndexes(before);
    if (!record.state.startsWith("destroyed")) {
      for (const alias of record.aliases) this.#aliases.set(aliasKey(record.group, alias), record.id);
    }
    for (const { value } of record.names) {
      const named = this.#names.get(value);
      if (named === undefined) this.#names.set(value, new Set([record.id]));
      else named.add(record.id);
    }
    for (const foreign of record.foreign) this.#foreign.set(foreign, record.id);
    if (hasPlan(record)) this.#planned.add(record.id);
    if (record.schedules.length > 0) this.#scheduled.add(record.id);
    this.#keys.set(record.id, record);
  }

  #forgetIndexes(before: KeyRecord): void {
    for (const alias of before.aliases) this.#aliases.delete(aliasKey(before.group, alias));
    for (const { value } of before.names) {
      const named = this.#names.get(value);
      named?.delete(before.id);
      if (named?.size === 0) this.#names.delete(value);
    }
    this.#planned.delete(before.id);
    this.#scheduled.delete(before.id);
  }

  /** Takes a durable change in. The executor's alone. */
  replaceClient(record: ClientRecord): void {
    for (const spki of keysOf(this.#clients.get(record.id))) this.#spki.delete(spki);
    this.#clients.set(record.id, record);
    for (const spki of keysOf(record)) this.#spki.set(spki, record.id);
  }

  /** Takes a durable change in. The executor's alone. */
  replaceDomain(record: DomainRecord): void {
    this.#domain = record;
  }

  #keysInToken(): TokenKeys {
    if (this.tokens === null) throw new HsmError("E_HSM_GONE");
    return this.tokens;
  }

  #unwrap(keyId: string, version: number): KeyHandle {
    if (this.#closed || this.#root.destroyed) throw new StoreError("E_SEALED");
    const record = this.#keys.get(keyId);
    if (record?.locked) throw new StoreError(record.locked, undefined, { keyId });
    const row = this.#store.findRow("key_version", versionRowId(keyId, version));
    const alive = record?.versions.some((each) => each.version === version && !each.state.startsWith("destroyed"));
    if (!record || !alive || !row) throw new StoreError("E_NOT_FOUND", undefined, { keyId, version });
    const kek = this.keks.find(kekNumberOf(row.body));
    if (kek === null)
      throw new StoreError("E_STATE_ROLLBACK", "What wraps the key material is not there.", { keyId, version });
    let handle: KeyHandle;
    const binding = bindingOf(this.tid, record, version);
    try {
      handle =
        record.store === "hsm"
          ? this.#keysInToken().open(kek, row.body, binding)
          : unwrapKeyMaterial(kek, row.body, binding);
    } catch (cause) {
      if (cause instanceof HsmError || (cause instanceof CryptoError && cause.code === "E_SELFTEST")) throw cause;
      throw new StoreError("E_STATE_MAC", "Wrapped key material does not belong to this key.", { keyId, version });
    }
    if (version === record.current) handle.resumeInvocations(this.#index.encryptions(keyId));
    const held = this.#handles.get(keyId) ?? new Map<number, KeyHandle>();
    held.set(version, handle);
    this.#handles.set(keyId, held);
    return handle;
  }
}

/** All that the material of one version of an object is bound to. */
export function bindingOf(tid: string, record: KeyRecord, version: number): KeyBinding {
  const { id: keyId, type, algorithm, bits, usage: usages, extractable } = record;
  const size = bits === null ? {} : { bits };
  const place = record.store === "hsm" ? { inToken: true } : {};
  return { domain: tid, id: { keyId, version }, type, algorithm, ...size, usages, extractable, ...place };
}

/** Id of the row that holds one version's wrapped material. */
export function versionRowId(keyId: string, version: number): string {
  return `${keyId}/${version}`;
}

function keysOf(client: ClientRecord | undefined): string[] {
  if (client === undefined) return [];
  return [client.auth.spki, ...(client.auth.earlier ?? []).map(({ spki }) => spki)];
}

function aliasKey(group: string, alias: string): string {
  return `${group}\n${alias}`;
}

function hasPlan({ state, dates }: KeyRecord): boolean {
  if (state === "pre-active") return dates.activation !== undefined;
  return (state === "active" || state === "suspended") && dates.deactivation !== undefined;
}
