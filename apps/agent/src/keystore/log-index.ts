import { type Leaf, lostHeadsOf, type SignedHead } from "@holdfast/protocol";
import {
  BACKUP_KINDS,
  type BackupEntry,
  type BackupFault,
  type EscrowedBackup,
  noBackups,
  noteBackup,
  type PlacedBackup,
} from "./backups-on-record.ts";
import { ENDING, isLoosening, MAKING, namesRow, ORDERING } from "./entry-kinds.ts";
import { NumberColumn, type PackedColumn } from "./number-column.ts";
import {
  lastUseOf,
  noteUse,
  type RecentUse,
  recentUseOf,
  type UsageRecord,
  type UseOnRecord,
  usageOf,
} from "./use-on-record.ts";

/** What people gave up at some time: all that came after the first `size` entries. */
export interface Loss {
  readonly at: number;
  readonly size: number;
  /** Signed heads that they named; none where they accepted a backup. */
  readonly lost: readonly SignedHead[];
}

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

/** In a column of entries: there is none. */
const NONE = -1;

/** How a restored log was before it learnt of links that the lost one had in force. */
export interface LearntFrom {
  /** How many entries it had. */
  readonly n: number;
  /** The roster in force then. */
  readonly seq: number;
}

/** All that a {@link LogIndex} knows: plain data, so that the thread that reads a long log can hand it over. */
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
    use: new Map() as UseOnRecord,
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
    /** Places of the chain whose link a restored agent learnt. */
    learntPlaces: new Set<number>(),
    newestTs: 0,
    drills: new Map<string, number>(),
    backups: noBackups(),
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
      const place = this.#placeOf(leaf.subject);
      this.#is.encryptions.set(place, this.#is.encryptions.get(place) + noteUse(this.#is.use, leaf));
      return;
    }
    if (kind === "import.commit" && leaf.data?.import !== undefined) this.#is.importsOver.add(String(leaf.data.import));
    if (kind === "drill") this.#is.drills.set(String(leaf.data?.seat ?? ""), ts);
    if (kind === "release" || kind === "export.wrap") this.#is.released.set(subject, ts);
    if (kind === "release") return; // it names no row, changes nothing and follows from no command
    if (BACKUP_KINDS.has(kind)) noteBackup(this.#is.backups, leaf);
    if (kind === "kek.create") this.#is.keks.set(Number(leaf.data?.number), n);
    if (kind === "kek.retire") this.#is.keks.set(Number(leaf.data?.number), "retired");
    if (kind === "domain.unlock") this.#is.unlockedAt = ts;
    if (kind === "loss") this.#noteLoss(leaf);
    if (kind === "roster" && leaf.data?.learnt !== undefined) this.#noteLearnt(n, Number(leaf.data.seq));
    const linkState = LINK_STATES.get(kind);
    if (linkState !== undefined) this.#noteLink(linkState, leaf);
    const place = this.#placeOf(subject);
    // An entry about a command itself names no row, though a hash may begin as an id does.
    const ofCommand = cause.kind === "command" && subject === cause.hash;
    if (namesRow(kind) && !ofCommand) this.#is.lastEntry.set(place, n);
    if (isLoosening(kind)) this.#is.loosenedAt.set(place, ts);
    if (ORDERING.has(kind)) this.#is.newestOrder = n;
    if (ENDING.has(kind)) this.#is.newestEnding = n;
    if (MAKING.has(kind)) {
      this.#is.encryptions.set(place, 0);
      if (subject.startsWith("k_")) this.#is.madeAt.set(place, n);
      this.#is.newestMaterial = n;
    } else if (kind === "key.destroy") this.#is.madeAt.set(place, NONE);
    if (cause.kind !== "command") return;
    if (kind === "command.refused" && ofCommand) this.#is.refusals.add(`${cause.hash}/${leaf.code}`);
    else if (kind !== "command.scheduled" && !this.#is.commands.has(cause.hash)) this.#is.commands.set(cause.hash, n);
  }

  #noteLearnt(n: number, seq: number): void {
    this.#is.learntFrom ??= { n, seq: seq - 1 };
    this.#is.learntPlaces.add(seq);
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

  /** Whether the link of a place was learnt after a restore: what this log says of another for it may be half of what there was. */
  isLearnt(seq: number): boolean {
    return this.#is.learntPlaces.has(seq);
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
    return usageOf(this.#is.use, keyId);
  }

  /** When material of a key last left; null if never. */
  releasedAt(keyId: string): number | null {
    return this.#is.released.get(keyId) ?? null;
  }

  /** Use of a key in the 30 days before a time, by client, newest first. */
  recentUseOf(keyId: string, now: number): RecentUse[] {
    return recentUseOf(this.#is.use, keyId, now);
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
    return lastUseOf(this.#is.use, clientId);
  }

  /** The newest backup: when it was made, and how many entries of this log it holds; null before the first. */
  lastBackup(): BackupEntry | null {
    return this.#is.backups.newest;
  }

  /** The newest backup that was made by hand; null before the first. */
  lastBackupByHand(): BackupEntry | null {
    return this.#is.backups.byHand;
  }

  /** Names of all destinations that ever took a backup. */
  backupDestinations(): Iterable<string> {
    return this.#is.backups.to.keys();
  }

  /** Backups that the recovery file opens: how many, and when the newest was made (0 without one). */
  get byRecoveryFile(): { readonly count: number; readonly at: number } {
    return this.#is.backups.byRecoveryFile;
  }

  /** Backups whose key custodians hold, oldest first. */
  escrowedBackups(): readonly EscrowedBackup[] {
    return this.#is.backups.escrowed;
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
  lastBackupTo(destination: string): PlacedBackup | null {
    return this.#is.backups.to.get(destination) ?? null;
  }

  /** Since when backups to a destination fail; null while they do not. */
  backupFault(destination: string): BackupFault | null {
    return this.#is.backups.faults.get(destination) ?? null;
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

  #noteLink(state: LinkEntry["state"], { subject, n, ts, data }: Leaf): void {
    if (data?.conflict === true) this.#is.linkConflicts.set(Number(data.seq), subject);
    if (state === "cancelled" && data?.vetoed === true) this.#is.vetoed.add(Number(data.seq));
    if (this.#is.links.get(subject)?.state === "applied") return; // what is in force stays so
    if (state === "applied") this.#is.accepted.push(subject);
    this.#is.links.set(subject, { state, n, ts });
  }

  #placeOf(id: string): number {
    const known = this.#is.places.get(id);
    if (known !== undefined) return known;
    const place = this.#is.places.size;
    this.#is.places.set(id, place);
    return place;
  }
}
