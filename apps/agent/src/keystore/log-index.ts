import { isTightening, type Leaf, lostHeadsOf, type SignedHead } from "@holdfast/protocol";
import { NumberColumn, type PackedColumn } from "./number-column.ts";

/** What people gave up at some time: all that came after the first `size` entries. */
export interface Loss {
  readonly at: number;
  readonly size: number;
  /** Signed heads that they named; none where they accepted a backup. */
  readonly lost: readonly SignedHead[];
}

/** Use of one key by one client, summed from the log's roll-ups. */
export interface UsageRecord {
  readonly client: string;
  readonly count: number;
  readonly bytes: number;
  /** Unix seconds, to the minute. */
  readonly lastAt: number;
  /** Uses on each of its newest days (days since 1970), for what is asked of the last 30. */
  readonly days: ReadonlyMap<number, number>;
}

/** How long use counts as recent: 30 days. */
export const RECENT_USE_SECONDS = 30 * 86_400;
const DAYS_KEPT = 31;

/** A backup on record: when it was made, and how many entries of the log it holds. */
export interface BackupEntry {
  readonly at: number;
  readonly size: number;
}

/** Backups to a destination have failed since a time, with the code of the first failure. */
export interface BackupFault {
  readonly since: number;
  readonly code: string;
}

/** Entries after which a backup is wanted at once: people order one, the places or those who hold its shares are others. */
const ORDERING: ReadonlySet<string> = new Set(["backup.create", "backup.policy", "escrow.enrol"]);

/** Entries after which a key, a client or an administrator must not come back from an older copy of the store. */
const ENDING: ReadonlySet<string> = new Set(["key.destroy", "key.compromise", "client.revoke", "roster"]);

/** Entries that bring key material. */
const MAKING: ReadonlySet<string> = new Set(["key.create", "key.register", "import.commit", "key.rotate"]);

/** What a `use` entry carries. */
interface UseData {
  readonly minute: number;
  readonly ops: Readonly<Record<string, number>>;
  readonly bytes: number;
}

/** A backup whose key custodians hold, as the log records it. */
export interface EscrowedBackup {
  readonly at: number;
  /** The hash that names it. */
  readonly hash: string;
  readonly k: number;
  readonly seats: readonly string[];
}

const MOST_BACKUPS = 1000;

/** How far a link of the roster is, by the last entry about it. */
export interface LinkEntry {
  readonly state: "scheduled" | "applied" | "cancelled" | "refused";
  /** The entry that says so. */
  readonly n: number;
  readonly ts: number;
}

const LINK_STATES: ReadonlyMap<string, LinkEntry["state"]> = new Map([
  ["roster", "applied"],
  ["roster.scheduled", "scheduled"],
  ["roster.signed", "scheduled"],
  ["roster.cancelled", "cancelled"],
  ["roster.refused", "refused"],
]);

/** Operations that spend one of a key version's encryptions. */
const ENCRYPTING = ["encrypt", "datakey", "reencrypt"];

/** In a column of entries: there is none. */
const NONE = -1;

/** All that a {@link LogIndex} knows: plain data, so that the thread that reads a long log can hand it over. */
/** How a restored log was before it learnt of links that the lost one had in force. */
export interface LearntFrom {
  /** How many entries it had. */
  readonly n: number;
  /** The roster in force then. */
  readonly seq: number;
}

function nothingYet() {
  return {
    /** An object's place in the columns. */
    places: new Map<string, number>(),
    lastEntry: new NumberColumn(NONE),
    loosenedAt: new NumberColumn(0),
    encryptions: new NumberColumn(0),
    /** The entry that made a key's newest version; none once it is destroyed. */
    madeAt: new NumberColumn(NONE),
    commands: new Map<string, number>(),
    refusals: new Set<string>(),
    usage: new Map<string, Map<string, UsageRecord>>(),
    released: new Map<string, number>(),
    importsOver: new Set<string>(),
    keks: new Map<number, number | "retired">(),
    links: new Map<string, LinkEntry>(),
    linkConflicts: new Map<number, string>(),
    vetoed: new Set<number>(),
    /** Hashes of the links after the genesis, in their order. */
    accepted: [] as string[],
    unlockedAt: 0,
    losses: [] as Loss[],
    learntFrom: null as LearntFrom | null,
    newestTs: 0,
    escrowed: [] as EscrowedBackup[],
    drills: new Map<string, number>(),
    backup: null as BackupEntry | null,
    backupsTo: new Map<string, BackupEntry>(),
    backupFaults: new Map<string, BackupFault>(),
    newestMaterial: -1,
    newestEnding: -1,
    newestOrder: -1,
  };
}

type Known = ReturnType<typeof nothingYet>;

/** What a {@link LogIndex} knows, as data that another thread can be given. */
export type PackedIndex = { readonly [N in keyof Known]: Known[N] extends NumberColumn ? PackedColumn : Known[N] };

/**
 * What the custody log says about every object, in memory: rebuilt from the verified log at unseal and kept exact
 * by the executor. It is the yardstick for stored rows: a row that names another last entry was put back.
 *
 * What there is of every object stands in columns of numbers, so that a million of them are a hundred megabytes.
 */
export class LogIndex {
  readonly #is: Known;

  constructor(known: Known = nothingYet()) {
    this.#is = known;
  }

  /** One that knows what another thread found. */
  static unpack(packed: PackedIndex): LogIndex {
    const fresh = Object.entries(nothingYet()).map(([name, empty]) => {
      const given = packed[name as keyof PackedIndex];
      if (!(empty instanceof NumberColumn)) return [name, given];
      const { absent, numbers } = given as PackedColumn;
      return [name, new NumberColumn(absent, numbers)];
    });
    return new LogIndex(Object.fromEntries(fresh) as Known);
  }

  /** Everything it knows; given away, it is of no more use here. */
  pack(): PackedIndex {
    const packed = Object.entries(this.#is).map(([name, value]) => [
      name,
      value instanceof NumberColumn ? value.packed : value,
    ]);
    return Object.fromEntries(packed) as PackedIndex;
  }

  /** Takes an entry in. */
  note(leaf: Leaf): void {
    const { n, kind, subject, ts, cause } = leaf;
    if (kind === "clock.accept") this.#turnBack(ts);
    if (ts > this.#is.newestTs) this.#is.newestTs = ts;
    if (kind === "use") {
      this.#noteUse(leaf);
      return;
    }
    if (kind === "import.commit" && leaf.data?.import !== undefined) this.#is.importsOver.add(String(leaf.data.import));
    if (kind === "drill") this.#is.drills.set(String(leaf.data?.seat ?? ""), ts);
    if (kind === "release" || kind === "export.wrap") this.#is.released.set(subject, ts);
    if (kind === "release") return; // it names no row, changes nothing and follows from no command
    if (kind === "backup" || kind === "backup.failed") this.#noteBackup(leaf);
    if (kind === "kek.create") this.#is.keks.set(Number(leaf.data?.number), n);
    if (kind === "kek.retire") this.#is.keks.set(Number(leaf.data?.number), "retired");
    if (kind === "domain.unlock") this.#is.unlockedAt = ts;
    if (kind === "loss") this.#noteLoss(leaf);
    if (kind === "roster" && leaf.data?.learnt !== undefined)
      this.#is.learntFrom ??= { n, seq: Number(leaf.data.seq) - 1 };
    const linkState = LINK_STATES.get(kind);
    if (linkState !== undefined) this.#noteLink(linkState, leaf);
    const place = this.#placeOf(subject);
    // An entry about a command itself names no row, though a hash may begin as an id does.
    const ofCommand = cause.kind === "command" && subject === cause.hash;
    if (namesRow(kind) && !ofCommand) this.#is.lastEntry.set(place, n);
    if (isLoosening(kind)) this.#is.loosenedAt.set(place, ts);
    if (ORDERING.has(kind)) this.#is.newestOrder = n;
    if (ENDING.has(kind)) this.#is.newestEnding = n;
    if (kind === "backup.policy") this.#is.backupFaults.clear(); // of places that may be others now
    if (MAKING.has(kind)) {
      this.#is.encryptions.set(place, 0);
      if (subject.startsWith("k_")) this.#is.madeAt.set(place, n);
      this.#is.newestMaterial = n;
    } else if (kind === "key.destroy") this.#is.madeAt.set(place, NONE);
    if (cause.kind !== "command") return;
    if (kind === "command.refused" && ofCommand) this.#is.refusals.add(`${cause.hash}/${leaf.code}`);
    else if (kind !== "command.scheduled" && !this.#is.commands.has(cause.hash)) this.#is.commands.set(cause.hash, n);
  }

  /** The history that went on is the restored one: what was learnt since is in both, at other places. */
  #noteLoss(leaf: Leaf): void {
    const size = Math.min(Number(leaf.data?.size ?? 0), this.#is.learntFrom?.n ?? Number.MAX_SAFE_INTEGER);
    this.#is.losses.push({ at: leaf.ts, size, lost: lostHeadsOf(leaf) });
    this.#is.learntFrom = null;
  }

  /** Nothing counts as later than the clock that people took as right. */
  #turnBack(ts: number): void {
    const { places, loosenedAt } = this.#is;
    this.#is.newestTs = ts;
    for (const place of places.values()) if (loosenedAt.get(place) > ts) loosenedAt.set(place, ts);
  }

  /** The last entry that names a row: by key id, client id, or the tid for the domain's own. */
  lastEntry(id: string): number | null {
    const place = this.#is.places.get(id);
    const entry = place === undefined ? NONE : this.#is.lastEntry.get(place);
    return entry === NONE ? null : entry;
  }

  /** Whether the domain has had a key. */
  hasKeys(): boolean {
    return this.named("k_")[Symbol.iterator]().next().done !== true;
  }

  /** All ids of rows the log names that begin with `prefix`. */
  *named(prefix: string): Iterable<string> {
    for (const [id, place] of this.#is.places)
      if (id.startsWith(prefix) && this.#is.lastEntry.get(place) !== NONE) yield id;
  }

  /** How many links of the roster are in force. */
  get rosterLinks(): number {
    return this.#is.accepted.length;
  }

  /** The entry that put the link of a place, 1 or more, in force; null when none has. */
  rosterEntry(seq: number): { readonly hash: string; readonly n: number } | null {
    const hash = this.#is.accepted[seq - 1];
    const entry = hash === undefined ? undefined : this.#is.links.get(hash);
    return hash === undefined || entry === undefined ? null : { hash, n: entry.n };
  }

  /** How far a link of the roster is; null for one that no entry names. */
  link(hash: string): LinkEntry | null {
    return this.#is.links.get(hash) ?? null;
  }

  /** Places for which a second link came that a quorum had signed as well. */
  get linkConflicts(): ReadonlyMap<number, string> {
    return this.#is.linkConflicts;
  }

  /** Whether a recovery of this place of the chain was objected to by an administrator. */
  isVetoed(seq: number): boolean {
    return this.#is.vetoed.has(seq);
  }

  /** Links that wait their delay. */
  scheduledLinks(): string[] {
    return [...this.#is.links].flatMap(([hash, { state }]) => (state === "scheduled" ? [hash] : []));
  }

  /** When a loosening act last changed the object; 0 if never. */
  loosenedAt(id: string): number {
    const place = this.#is.places.get(id);
    return place === undefined ? 0 : this.#is.loosenedAt.get(place);
  }

  /** The entry with which a command ended (applied, cancelled, expired, refused when due); null if it has not. */
  commandEntry(hash: string): number | null {
    return this.#is.commands.get(hash) ?? null;
  }

  /** Whether the keys of an import have been taken in. */
  isImportOver(importId: string): boolean {
    return this.#is.importsOver.has(importId);
  }

  /** Whether this refusal of this command already has its entry. */
  hasRefusal(hash: string, code: string): boolean {
    return this.#is.refusals.has(`${hash}/${code}`);
  }

  /** Use of a key by client, newest first. */
  usageOf(keyId: string): UsageRecord[] {
    return [...(this.#is.usage.get(keyId)?.values() ?? [])].sort((a, b) => b.lastAt - a.lastAt);
  }

  /** When material of a key last left; null if never. */
  releasedAt(keyId: string): number | null {
    return this.#is.released.get(keyId) ?? null;
  }

  /** Use of a key in the 30 days before a time, by client, newest first. */
  recentUseOf(keyId: string, now: number): { client: string; lastAt: number; count: number }[] {
    const since = now - RECENT_USE_SECONDS;
    return this.usageOf(keyId)
      .filter(({ lastAt }) => lastAt > since)
      .map(({ client, lastAt, days }) => {
        const counts = [...days].filter(([day]) => (day + 1) * 86_400 > since).map(([, count]) => count);
        return { client, lastAt, count: counts.reduce((sum, each) => sum + each, 0) };
      });
  }

  /** Encryptions recorded under the key's current version. */
  encryptions(keyId: string): number {
    const place = this.#is.places.get(keyId);
    return place === undefined ? 0 : this.#is.encryptions.get(place);
  }

  /** How many keys have a version that was made after the log had `size` entries, and are not destroyed. */
  madeSince(size: number): number {
    let count = 0;
    for (let place = 0; place < this.#is.places.size; place += 1) if (this.#is.madeAt.get(place) >= size) count += 1;
    return count;
  }

  /** When a client last used any key, Unix seconds; null if never. */
  lastUseOf(clientId: string): number | null {
    let last: number | null = null;
    for (const byClient of this.#is.usage.values()) {
      const at = byClient.get(clientId)?.lastAt ?? null;
      if (at !== null && (last === null || at > last)) last = at;
    }
    return last;
  }

  /** The newest backup: when it was made, and how many entries of this log it holds; null before the first. */
  lastBackup(): BackupEntry | null {
    return this.#is.backup;
  }

  /** Backups whose key custodians hold, oldest first. */
  escrowedBackups(): readonly EscrowedBackup[] {
    return this.#is.escrowed;
  }

  /** When people last unlocked the domain; 0 if never. */
  get unlockedAt(): number {
    return this.#is.unlockedAt;
  }

  /** When people last gave up what came after the first `size` entries; null if never. */
  lastLoss(): Loss | null {
    return this.#is.losses.at(-1) ?? null;
  }

  /** All that people ever gave up, oldest first. */
  losses(): readonly Loss[] {
    return this.#is.losses;
  }

  /** Where a restored log ended and its chain stood before it learnt of links; null where it did not, or people accepted it since. */
  get learntFrom(): LearntFrom | null {
    return this.#is.learntFrom;
  }

  /** When a custodian last proved a share in a drill, Unix seconds; null if never. */
  drilledAt(seat: string): number | null {
    return this.#is.drills.get(seat) ?? null;
  }

  /** The newest backup that lies at a destination, by its name; null before the first. */
  lastBackupTo(destination: string): BackupEntry | null {
    return this.#is.backupsTo.get(destination) ?? null;
  }

  /** Since when backups to a destination fail; null while they do not. */
  backupFault(destination: string): BackupFault | null {
    return this.#is.backupFaults.get(destination) ?? null;
  }

  /** The newest entry that brought key material: a backup of no more entries than this lacks it. -1 before the first. */
  get newestMaterial(): number {
    return this.#is.newestMaterial;
  }

  /** The newest entry that ended a key or a client for good, or changed who administers: a backup of no more entries brings it back. -1 before the first. */
  get newestEnding(): number {
    return this.#is.newestEnding;
  }

  /** The entry that made a key-encryption key; `retired` once it is destroyed, null for one that no entry names. */
  kekEntry(number: number): number | "retired" | null {
    return this.#is.keks.get(number) ?? null;
  }

  /** Numbers of the key-encryption keys that the log names. */
  keks(): Iterable<number> {
    return this.#is.keks.keys();
  }

  /** Time of the newest entry. */
  get newestTs(): number {
    return this.#is.newestTs;
  }

  /**
   * The newest entry after which a backup is wanted everywhere: one of no more entries than this was made before. -1 before
   * the first.
   */
  get newestBackupOrder(): number {
    return this.#is.newestOrder;
  }

  #noteBackup({ kind, ts, data }: Leaf): void {
    const to = Array.isArray(data?.to) ? data.to.filter((each) => typeof each === "string") : [];
    if (kind === "backup.failed") {
      const fault = { since: ts, code: String(data?.code ?? "") };
      for (const name of to) if (!this.#is.backupFaults.has(name)) this.#is.backupFaults.set(name, fault);
      return;
    }
    const entry = { at: ts, size: Number(data?.size ?? 0) };
    this.#is.backup = { at: ts, size: Math.max(entry.size, this.#is.backup?.size ?? 0) };
    for (const name of to) {
      this.#is.backupsTo.set(name, entry);
      this.#is.backupFaults.delete(name);
    }
    const escrow = data?.escrow as { hash: string; k: number; seats: readonly string[] } | undefined;
    if (escrow === undefined) return;
    this.#is.escrowed.push({ at: ts, ...escrow });
    if (this.#is.escrowed.length > MOST_BACKUPS) this.#is.escrowed.shift();
  }

  #noteLink(state: LinkEntry["state"], { subject, n, ts, data }: Leaf): void {
    if (data?.conflict === true) this.#is.linkConflicts.set(Number(data.seq), subject);
    if (state === "cancelled" && data?.vetoed === true) this.#is.vetoed.add(Number(data.seq));
    if (this.#is.links.get(subject)?.state === "applied") return; // what is in force stays so
    if (state === "applied") this.#is.accepted.push(subject);
    this.#is.links.set(subject, { state, n, ts });
  }

  #noteUse({ subject, actor, data }: Leaf): void {
    const { minute, ops, bytes } = data as unknown as UseData;
    const client = actor.kind === "client" ? actor.id : "";
    const byClient = this.#is.usage.get(subject) ?? new Map<string, UsageRecord>();
    const before = byClient.get(client);
    const count = Object.values(ops).reduce((sum, each) => sum + each, 0);
    const day = Math.floor((minute * 60) / 86_400);
    const days = new Map([...(before?.days ?? [])].filter(([each]) => each > day - DAYS_KEPT));
    days.set(day, (days.get(day) ?? 0) + count);
    byClient.set(client, {
      days,
      client,
      count: (before?.count ?? 0) + count,
      bytes: (before?.bytes ?? 0) + bytes,
      lastAt: Math.max(before?.lastAt ?? 0, minute * 60),
    });
    this.#is.usage.set(subject, byClient);
    const spent = ENCRYPTING.reduce((sum, op) => sum + (ops[op] ?? 0), 0);
    const place = this.#placeOf(subject);
    this.#is.encryptions.set(place, this.#is.encryptions.get(place) + spent);
  }

  #placeOf(id: string): number {
    const known = this.#is.places.get(id);
    if (known !== undefined) return known;
    const place = this.#is.places.size;
    this.#is.places.set(id, place);
    return place;
  }
}

/** Entries about a key, a client or the domain that change no stored row. */
const NO_ROW = new Set([
  "use",
  "release",
  "roster",
  "roster.scheduled",
  "roster.signed",
  "roster.cancelled",
  "roster.refused",
  "loss",
  "clock",
  "clock.accept",
  "backup",
  "drill",
  "restore",
  "backup.failed",
  "report",
  "attest",
  "agent.start",
  "agent.unseal",
  "agent.seal",
  "agent.link",
  "import.begin",
  "agent.rekey",
  "root.send",
  "kek.create",
  "kek.retire",
]);

function namesRow(kind: string): boolean {
  return !NO_ROW.has(kind);
}

const loosening = new Map<string, boolean>();

function isLoosening(kind: string): boolean {
  const known = loosening.get(kind);
  if (known !== undefined) return known;
  // Attributes decide nothing, and a renewal changes no right: neither may stand in the way of a tightening act.
  const neutral = kind === "key.attributes" || kind === "client.renew";
  const found =
    !neutral &&
    /^(key|client|domain|crypto)[.]|^schedule[.]set$/.test(kind) &&
    !isTightening(kind as Parameters<typeof isTightening>[0]);
  loosening.set(kind, found);
  return found;
}
