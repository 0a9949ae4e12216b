import { setTimeout } from "node:timers/promises";
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
import type { KeyIndexes } from "./key-indexes.ts";
import { KeyReader, materialProblem, type ReaderParts, unreadableKey, versionRowId } from "./key-reader.ts";
import type { KeyRecords } from "./key-records.ts";
import type { KeyRows } from "./key-rows.ts";
import type { LogIndex } from "./log-index.ts";
import type { ClientRecord, DomainRecord, KeyRecord, LockReason } from "./records.ts";
import { decodeBody, isAuthenticRow } from "./row.ts";
import { rulesIdOf } from "./rules-id.ts";
import type { RowTable, Store } from "./store.ts";
import type { UsageRecord } from "./use-on-record.ts";

const MATERIAL_AT_START = 2_000;
const TURN_MS = 4;
const PAUSE_MS = 20;

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
  /** Taken over: what the log says of them is held against it here. */
  readonly rows: KeyRows;
  readonly clients: Iterable<ClientRecord>;
  /** Keys whose material is looked at before anything is served; of more, each at its first use, and the rest soon after. */
  readonly materialAtStart?: number | undefined;
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
  /** Opens keys that are in a token; set when the domain is opened. */
  tokens: TokenKeys | null = null;
  readonly #store: Store;
  readonly #root: RootKey;
  readonly #index: LogIndex;
  readonly #reader: KeyReader;
  readonly #records: KeyRecords;
  readonly #indexes: KeyIndexes;
  readonly #anyKey: string;
  readonly #kekProblems: LoadedKeks["problems"];
  /** Numbers of key-encryption keys that material was seen under. */
  readonly #usedKeks = new Set<number>();
  readonly #material = this.#lookAtMaterial();
  readonly #clients = new Map<string, ClientRecord>();
  readonly #spki = new Map<string, string>();
  /** Ids under which clients' rules are kept. */
  readonly #rules = new Set<string>();
  readonly #handles = new Map<string, Map<number, KeyHandle>>();
  readonly #lockedObjects: LockedObject[] = [];
  #onLocked: ((object: LockedObject) => void) | null = null;
  #domain: DomainRecord;
  #closed = false;

  constructor(parts: KeystoreParts) {
    this.tid = parts.tid;
    this.#store = parts.store;
    this.#root = parts.root;
    this.#index = parts.index;
    this.#reader = new KeyReader(parts, (number) => this.#kekProblem(number));
    this.#domain = parts.domain;
    const { keks, rows, index } = parts;
    this.keks = keks.ring();
    this.#kekProblems = keks.problems;
    this.#records = rows.records;
    this.#indexes = rows.indexes;
    this.#anyKey = rows.anyId;
    for (const [number, code] of keks.problems) this.#noteLocked({ id: `kek ${number}`, kind: "kek", code });
    const { unlike, missing } = rows.against(index);
    for (const id of missing) rows.add(unreadableKey(id, "E_STATE_ROLLBACK"));
    for (const { id, locked } of rows.records.locked())
      if (locked !== null) this.#noteLocked({ id, kind: "key", code: locked });
    for (const id of unlike) this.#lock(id, "E_STATE_ROLLBACK");
    for (const client of parts.clients) this.#loadClient(client);
    const { materialAtStart = MATERIAL_AT_START } = parts;
    for (let n = 0; n < materialAtStart && this.#material.next().done !== true; n += 1);
    if (parts.domainLocked !== null) this.#noteLocked({ id: parts.tid, kind: "domain", code: parts.domainLocked });
  }

  /** The key with this id. What is kept of a client's rules is none. */
  findKey(id: string): KeyRecord | null {
    return this.#rules.has(id) ? null : this.findRecord(id);
  }

  /** The rules that a client has set for itself; null while it has set none. */
  findRules(clientId: string): KeyRecord | null {
    return this.findRecord(rulesIdOf(this.tid, clientId));
  }

  /** Whatever is kept under this id, a client's rules too: for what looks after rows, never for what serves anybody. */
  findRecord(id: string): KeyRecord | null {
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
    const id = this.#indexes.byAlias(group, alias);
    return id === undefined ? null : this.findKey(id);
  }

  /** Every key that has the alias, whatever its group; no destroyed one. */
  *findKeysByAlias(alias: string): Iterable<KeyRecord> {
    for (const id of this.#indexes.byAliasAnywhere(alias)) {
      const key = this.findKey(id);
      if (key !== null) yield key;
    }
  }

  /** Every object of that name, whoever may see it; destroyed ones too. */
  *findKeysByName(name: string): Iterable<KeyRecord> {
    for (const id of this.#indexes.byName(name)) {
      const key = this.findKey(id);
      if (key !== null) yield key;
    }
  }

  /** The object that another system knows by this identifier. */
  findKeyByForeignId(foreign: string): KeyRecord | null {
    const id = this.#indexes.byForeignId(foreign);
    return id === undefined ? null : this.findKey(id);
  }

  /** Objects whose state a date may change. */
  *planned(): Iterable<KeyRecord> {
    for (const id of this.#indexes.planned) {
      const key = this.findKey(id);
      if (key !== null) yield key;
    }
  }

  /** Every key. Those that are not in memory are read one by one, and not kept for it. */
  *keys(): Iterable<KeyRecord> {
    for (const id of this.#index.named("k_")) {
      if (this.#rules.has(id)) continue;
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
    return this.#indexes.hasGroup(group);
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
    for (const id of this.#indexes.scheduled) {
      const key = this.findKey(id);
      if (key !== null) yield key;
    }
  }

  /** Numbers of keys and clients that exist and are not destroyed or revoked. */
  counts(): { keys: number; clients: number; locked: number } {
    let clients = 0;
    for (const { state } of this.#clients.values()) if (state === "active") clients += 1;
    return { keys: this.#indexes.alive, clients, locked: this.#lockedObjects.length };
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
    for (const id of this.#indexes.inToken) this.dropHandles(id);
  }

  /** Keys in a token that are not destroyed. */
  get tokenKeys(): number {
    return this.#indexes.inToken.size;
  }

  /** Whether there is this version of a key, and it is not destroyed. Of a locked key nothing is known: it counts as there. */
  isAlive(keyId: string, version: number): boolean {
    const key = this.findRecord(keyId);
    if (key === null || key.locked !== null) return key !== null;
    const found = key.versions.find((each) => each.version === version);
    return found !== undefined && !found.state.startsWith("destroyed");
  }

  /**
   * Holds the material of those keys against MAC and log that were not looked at when the keystore was made, a little at a
   * time; until then each is at its first use. Resolves when all were looked at, or the keystore is closed.
   */
  async checkMaterial(): Promise<void> {
    for (let done = false; !this.#closed && !done; ) {
      const until = performance.now() + TURN_MS;
      while (!done && performance.now() < until) done = this.#material.next().done === true;
      if (!done) await setTimeout(PAUSE_MS, undefined, { ref: false });
    }
  }

  /** Whether material that was looked at is under a key-encryption key that is not the newest. */
  get isUnderOlderKek(): boolean {
    return [...this.#usedKeks].some((number) => number < this.keks.next - 1 || number === 0);
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
    if (replaced !== null) this.#indexes.forget(replaced);
    this.#indexes.take(record);
    this.#records.put(record);
  }

  #loadClient(record: ClientRecord): void {
    this.replaceClient(record);
    if (record.locked !== null) this.#noteLocked({ id: record.id, kind: "client", code: record.locked });
  }

  /** Takes a durable change in. The executor's alone. */
  replaceClient(record: ClientRecord): void {
    for (const spki of keysOf(this.#clients.get(record.id))) this.#spki.delete(spki);
    this.#clients.set(record.id, record);
    this.#rules.add(rulesIdOf(this.tid, record.id));
    for (const spki of keysOf(record)) this.#spki.set(spki, record.id);
  }

  /** Takes a durable change in. The executor's alone. */
  replaceDomain(record: DomainRecord): void {
    this.#domain = record;
  }

  /** Why what is under a key-encryption key cannot be opened; null when it can. */
  #kekProblem(number: number): LockReason | null {
    this.#usedKeks.add(number);
    this.keks.noteUsed(number);
    return this.keks.find(number) === null ? (this.#kekProblems.get(number) ?? "E_STATE_ROLLBACK") : null;
  }

  /** Looks at one key's material at each step, and locks what is not to be believed. */
  *#lookAtMaterial(): Generator<void, void> {
    const source = { store: this.#store, root: this.#root };
    for (const id of this.#index.named("k_")) {
      const key = this.#records.peek(id);
      if (key === undefined) this.#read(id);
      else if (key.locked === null) {
        const code = materialProblem(source, key, (number) => this.#kekProblem(number));
        if (code !== null) this.#lock(id, code);
      }
      yield;
    }
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
    const record = this.findRecord(keyId);
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
    const record = this.findRecord(keyId);
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
