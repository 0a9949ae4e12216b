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
import type { KekRing, LoadedKeks } from "./kek-ring.ts";
import { KeyReader, type ReaderParts, versionRowId } from "./key-reader.ts";
import { KeyRecords } from "./key-records.ts";
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
export interface KeystoreParts extends ReaderParts {
  readonly keks: LoadedKeks;
  /** Read while the keystore is built: what they find out of key-encryption keys counts. */
  readonly keys: Iterable<KeyRecord>;
  readonly clients: Iterable<ClientRecord>;
  readonly tid: string;
  readonly domain: DomainRecord;
  readonly domainLocked: LockReason | null;
}

/**
 * The read side of the store: records, indexes and unwrapped handles, exact with what is durable.
 *
 * Records are immutable; the executor replaces them after its transaction is durable. Key material is unwrapped when
 * a handle is first used, and of many keys the records of those alone are in memory that were asked for lately: a start is
 * fast however many there are. Whatever is read from the store later is held against MAC and log like at the start.
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
  readonly #reader: KeyReader;
  readonly #records = new KeyRecords();
  readonly #aliases = new Map<string, string>();
  readonly #names = new Map<string, Set<string>>();
  readonly #foreign = new Map<string, string>();
  readonly #planned = new Set<string>();
  readonly #inToken = new Set<string>();
  readonly #scheduled = new Set<string>();
  /** How many keys there are of each group, destroyed ones too. */
  readonly #groups = new Map<string, number>();
  readonly #clients = new Map<string, ClientRecord>();
  readonly #spki = new Map<string, string>();
  readonly #handles = new Map<string, Map<number, KeyHandle>>();
  readonly #lockedObjects: LockedObject[] = [];
  #onLocked: ((object: LockedObject) => void) | null = null;
  #alive = 0;
  #anyKey = "";
  #domain: DomainRecord;
  #closed = false;

  constructor(parts: KeystoreParts) {
    this.tid = parts.tid;
    this.#store = parts.store;
    this.#root = parts.root;
    this.#index = parts.index;
    this.#reader = new KeyReader(parts, (number) => (this.keks.find(number) === null ? "E_STATE_ROLLBACK" : null));
    this.#domain = parts.domain;
    const { keks } = parts;
    for (const [number, code] of keks.problems) this.#noteLocked({ id: `kek ${number}`, kind: "kek", code });
    for (const key of parts.keys) this.#load(key);
    for (const client of parts.clients) this.#loadClient(client);
    this.keks = keks.ring();
    this.isUnderOlderKek = keks.isUnderOlder();
    if (parts.domainLocked !== null) this.#noteLocked({ id: parts.tid, kind: "domain", code: parts.domainLocked });
  }

  findKey(id: string): KeyRecord | null {
    const known = this.#records.find(id);
    if (known !== undefined) return known;
    if (!id.startsWith("k_")) return null;
    const read = this.#read(id);
    if (read !== null) this.#records.put(read);
    else this.#missed(id);
    return read;
  }

  /** Aliases are unique per group; without a group, the group `default`. */
  findKeyByAlias(alias: string, group = "default"): KeyRecord | null {
    const id = this.#aliases.get(aliasKey(group, alias));
    return id === undefined ? null : this.findKey(id);
  }

  /** Every object of that name, whoever may see it; destroyed ones too. */
  *findKeysByName(name: string): Iterable<KeyRecord> {
    for (const id of this.#names.get(name) ?? []) {
      const key = this.findKey(id);
      if (key !== null) yield key;
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
      const key = this.findKey(id);
      if (key !== null) yield key;
    }
  }

  /** Every key. Those that are not in memory are read one by one, and not kept for it. */
  *keys(): Iterable<KeyRecord> {
    for (const id of this.#index.named("k_")) {
      const key = this.#records.peek(id) ?? this.#read(id);
      if (key !== null) yield key;
    }
    for (const id of this.#records.lockedIds()) {
      const stray = this.#index.lastEntry(id) === null ? this.#records.peek(id) : undefined;
      if (stray !== undefined) yield stray;
    }
  }

  /** Whether any key, also a destroyed one, is of a group. */
  hasGroup(group: string): boolean {
    return this.#groups.has(group);
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

  /** Tells of objects whose rows fail verification after the start. */
  onLocked(listener: (object: LockedObject) => void): void {
    this.#onLocked = listener;
  }

  /** Objects whose rows failed verification: they serve nothing, everything else does. */
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

  /** When a client last used any key, Unix seconds; null if never. Only what is in the custody log. */
  lastUseOf(clientId: string): number | null {
    return this.#index.lastUseOf(clientId);
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
      const key = this.findKey(id);
      if (key !== null) yield key;
    }
  }

  /** Numbers of keys and clients that exist and are not destroyed or revoked. */
  counts(): { keys: number; clients: number; locked: number } {
    let clients = 0;
    for (const { state } of this.#clients.values()) if (state === "active") clients += 1;
    return { keys: this.#alive, clients, locked: this.#lockedObjects.length };
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
    for (const id of this.#inToken) this.dropHandles(id);
  }

  /** Keys in a token that are not destroyed. */
  get tokenKeys(): number {
    return this.#inToken.size;
  }

  /** Whether there is this version of a key, and it is not destroyed. Of a locked key nothing is known: it counts as there. */
  isAlive(keyId: string, version: number): boolean {
    const key = this.findKey(keyId);
    if (key === null || key.locked !== null) return key !== null;
    const found = key.versions.find((each) => each.version === version);
    return found !== undefined && !found.state.startsWith("destroyed");
  }

  /** Drops every handle; used when the agent is sealed. Nothing serves afterwards. */
  close(): void {
    this.#closed = true;
    for (const id of this.#handles.keys()) this.dropHandles(id);
    this.keks.zeroize();
  }

  /** Takes a durable change in. The executor's alone. @param before - The record that is replaced; null for a new key. */
  replaceKey(record: KeyRecord, before: KeyRecord | null = null): void {
    const replaced = this.#records.peek(record.id) ?? before;
    if (replaced !== null) this.#forgetIndexes(replaced);
    this.#takeIndexes(record);
    this.#records.put(record);
  }

  /** Takes in what was found at the start. */
  #load(record: KeyRecord): void {
    this.#takeIndexes(record);
    this.#records.fill(record);
    this.#anyKey = record.id;
    if (record.locked !== null) this.#noteLocked({ id: record.id, kind: "key", code: record.locked });
  }

  #loadClient(record: ClientRecord): void {
    this.replaceClient(record);
    if (record.locked !== null) this.#noteLocked({ id: record.id, kind: "client", code: record.locked });
  }

  #takeIndexes(record: KeyRecord): void {
    const { id, group, state, aliases, names, foreign } = record;
    if (!state.startsWith("destroyed")) {
      this.#alive += 1;
      for (const alias of aliases) this.#aliases.set(aliasKey(group, alias), id);
    }
    for (const { value } of names) {
      const named = this.#names.get(value);
      if (named === undefined) this.#names.set(value, new Set([id]));
      else named.add(id);
    }
    for (const each of foreign) this.#foreign.set(each, id);
    if (hasPlan(record)) this.#planned.add(id);
    if (record.store === "hsm" && !state.startsWith("destroyed")) this.#inToken.add(id);
    if (record.schedules.length > 0) this.#scheduled.add(id);
    this.#groups.set(group, (this.#groups.get(group) ?? 0) + 1);
  }

  #forgetIndexes({ id, group, state, aliases, names }: KeyRecord): void {
    if (!state.startsWith("destroyed")) this.#alive -= 1;
    for (const alias of aliases) this.#aliases.delete(aliasKey(group, alias));
    for (const { value } of names) {
      const named = this.#names.get(value);
      named?.delete(id);
      if (named?.size === 0) this.#names.delete(value);
    }
    this.#planned.delete(id);
    this.#inToken.delete(id);
    this.#scheduled.delete(id);
    const left = (this.#groups.get(group) ?? 1) - 1;
    if (left === 0) this.#groups.delete(group);
    else this.#groups.set(group, left);
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

  /**
   * What is not there costs what a key costs that is there and not in memory, at the first time and later: clients that do
   * not see a key learn nothing from how long the answer takes.
   */
  #missed(id: string): void {
    this.#reader.find(this.#anyKey);
    this.#records.putAbsent(id);
  }

  /** A record from the store; one that is not to be believed is kept as such. */
  #read(id: string): KeyRecord | null {
    const read = this.#reader.find(id);
    if (read === null || read.locked === null) return read;
    this.#records.put(read);
    this.#noteLocked({ id, kind: "key", code: read.locked });
    return read;
  }

  #lock(keyId: string, code: LockReason): void {
    const record = this.findKey(keyId);
    if (record === null || record.locked !== null) return;
    this.dropHandles(keyId);
    this.#records.put({ ...record, locked: code });
    this.#noteLocked({ id: keyId, kind: "key", code });
  }

  #noteLocked(object: LockedObject): void {
    this.#lockedObjects.push(object);
    this.#onLocked?.(object);
  }

  #unwrap(keyId: string, version: number): KeyHandle {
    if (this.#closed || this.#root.destroyed) throw new StoreError("E_SEALED");
    const record = this.findKey(keyId);
    if (record?.locked) throw new StoreError(record.locked, undefined, { keyId });
    const row = this.#store.findRow("key_version", versionRowId(keyId, version));
    const made = record?.versions.find((each) => each.version === version && !each.state.startsWith("destroyed"));
    if (!record || !made || !row) throw new StoreError("E_NOT_FOUND", undefined, { keyId, version });
    const kek = this.keks.find(kekNumberOf(row.body));
    if (kek === null)
      throw new StoreError("E_STATE_ROLLBACK", "What wraps the key material is not there.", { keyId, version });
    const authentic = isAuthenticRow(this.#root, "key_version", row);
    if (!authentic || row.leaf !== made.leaf) {
      const code = authentic ? "E_STATE_ROLLBACK" : "E_STATE_MAC";
      this.#lock(keyId, code);
      throw new StoreError(code, undefined, { keyId, version });
    }
    let handle: KeyHandle;
    const binding = bindingOf(this.tid, record, version);
    try {
      handle =
        record.store === "hsm"
          ? this.#keysInToken().open(kek, row.body, binding)
          : unwrapKeyMaterial(kek, row.body, binding);
    } catch (cause) {
      if (cause instanceof HsmError || (cause instanceof CryptoError && cause.code === "E_SELFTEST")) throw cause;
      this.#lock(keyId, "E_STATE_MAC");
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
