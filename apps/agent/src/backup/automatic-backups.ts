import { randomBytes } from "node:crypto";
import { readdirSync, rmSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type BackupDestination, type BackupPolicy, HoldfastError } from "@holdfast/protocol";
import { AdmissionError } from "../admission/errors.ts";
import { readBackupFile } from "../custody/backup/backup-file.ts";
import { type BackupMade, createBackup } from "../custody/backup/create-backup.ts";
import type { Custody } from "../custody/custody.ts";
import { CustodyError } from "../custody/errors.ts";
import type { Drills } from "../custody/escrow/drills.ts";
import { keepEscrowed } from "../custody/escrow/escrow-source.ts";
import type { BackupEntry } from "../keystore/backups-on-record.ts";
import type { LogIndex } from "../keystore/log-index.ts";
import type { Executor } from "../lifecycle/executor.ts";
import type { NewKeyHold } from "../lifecycle/new-key-hold.ts";
import type { Logger } from "../logger.ts";
import type { Clock, ClockGuard } from "../self-check/clock.ts";
import { backupName, expiredBackups } from "./backup-names.ts";
import { type BackedUpDomain, backupSource } from "./backup-source.ts";
import { asPlaceError, type Destination } from "./destinations/destination.ts";
import { openDestination } from "./destinations/open-destination.ts";
import { isBehind, isDue, type PlaceState } from "./place-state.ts";
import { type Amiss, isGone, PlaceWatch } from "./place-watch.ts";

/** What automatic backups work with. */
export interface AutomaticBackupsParts extends BackedUpDomain {
  readonly drills: Drills;
  readonly custody: Custody;
  readonly index: LogIndex;
  readonly executor: Executor;
  readonly guard: ClockGuard;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What became of a round of backups. */
export interface Round {
  /** Facts of the backup; null when none was made. */
  readonly made: {
    readonly madeAt: number;
    readonly size: number;
    readonly keys: number;
    readonly bytes: number;
  } | null;
  readonly places: readonly { readonly name: string; readonly code: string | null; readonly what: string | null }[];
}

const LOOK_MS = 1_000;
/** New keys of this time share a backup. */
const GATHER_MS = 10_000;
/** First pause after a failure, doubled each time. */
const FIRST_PAUSE_MS = 15_000;
const LONGEST_PAUSE_MS = 3_600_000;
/** A destination that takes longer is given up for now. */
const LONGEST_TRANSFER_MS = 3_600_000;
/** How long the maker of a key waits for its backup. */
const LONGEST_HOLD_MS = 60_000;

/** Copies of the store that backups are made of. */
const LEFT = /^backup-[A-Za-z0-9_-]{22}\.db(?:-journal|-wal|-shm)?$/;

interface Trouble {
  /** Under which policy: under another one the name may be of another place. */
  policy: BackupPolicy | null;
  failures: number;
  /** Monotonic milliseconds before which it is not tried again. */
  notBefore: number;
  code: string;
  fault: string;
  since: number;
}

/**
 * Backs up alone: each destination of the policy at its interval, and soon after each new key. Every backup is read back
 * and verified before it counts; a destination that fails is tried again with growing pauses, and nothing waits for it.
 *
 * @see docs/spec/backup.md, automatic backups
 */
export class AutomaticBackups implements NewKeyHold {
  readonly #parts: AutomaticBackupsParts;
  readonly #ending = new AbortController();
  readonly #troubles = new Map<string, Trouble>();
  readonly #waiting = new Set<() => void>();
  readonly #watch: PlaceWatch;
  /** Destinations of the round that is under way. */
  #busy: ReadonlySet<string> = new Set();
  readonly #looking = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | null = null;
  #round: Promise<Round> | null = null;
  /** By destination: since when it lacks a new key, in monotonic milliseconds. */
  readonly #lackingSince = new Map<string, number>();
  #urgent = false;

  constructor(parts: AutomaticBackupsParts) {
    this.#parts = parts;
    this.#watch = new PlaceWatch(parts);
  }

  /** Begins to look for what is due. */
  start(): void {
    this.#clear();
    this.#timer ??= setInterval(() => this.look(), LOOK_MS).unref();
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    while (this.#round !== null || this.#looking.size > 0) await Promise.all([this.#round, ...this.#looking]);
  }

  /** Gives up what is under way; what it made is removed. */
  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#ending.abort();
    this.#wake();
  }

  /** Looks at destinations whose time it is, and begins a round when something is due and none is under way. */
  look(): void {
    const policy = this.#policy;
    if (policy === null || this.#ending.signal.aborted) return;
    for (const to of policy.destinations) if (this.#watch.isDue(to)) void this.#lookAt(to, false);
    if (this.#round !== null) return;
    const due = policy.destinations.filter((to) => this.#isDueNow(to, policy));
    if (due.length > 0) void this.#begin(policy, due);
  }

  /**
   * Makes a backup to every destination of the policy now, and says what became of each.
   *
   * @throws {@link CustodyError} `E_BACKUP_POLICY`; {@link AdmissionError} `E_RECOVERING`, `E_LOG_CORRUPT`, `E_LOG_ROLLBACK`
   */
  async backUpNow(): Promise<Round> {
    while (this.#round !== null) await this.#round;
    const { backup } = this.#parts.keystore.domain();
    if (backup === null) throw new CustodyError("E_BACKUP_POLICY");
    if (this.#policy === null) throw new AdmissionError("E_RECOVERING");
    return this.#begin(backup, backup.destinations);
  }

  /** Looks at every destination of the policy now, 20 seconds at most: what is found stands in {@link places} afterwards. */
  async lookNow(): Promise<void> {
    const destinations = this.#policy?.destinations ?? [];
    if (!this.#ending.signal.aborted) await Promise.all(destinations.map((to) => this.#lookAt(to, true)));
  }

  /**
   * The newest backup that counts: one made by hand, or one that is at a destination of today's policy as far as this agent
   * has seen. When it was made, and how many entries of the log it holds; null when there is none.
   */
  newest(): BackupEntry | null {
    const { keystore, index } = this.#parts;
    const { backup } = keystore.domain();
    if (backup === null) return index.lastBackup();
    const all = [index.lastBackupByHand(), ...backup.destinations.map((to) => this.#watch.newestAt(to))];
    const counted = all.filter((each) => each !== null);
    if (counted.length === 0) return null;
    return { at: Math.max(...counted.map(({ at }) => at)), size: Math.max(...counted.map(({ size }) => size)) };
  }

  /** How each destination of the policy stands; empty without a policy. */
  places(): PlaceState[] {
    const { keystore, index } = this.#parts;
    const destinations = keystore.domain().backup?.destinations ?? [];
    return destinations.map((to) => {
      const trouble = this.#troubleOf(to);
      const recorded = index.backupFault(to.name);
      const failing = trouble ?? (recorded && { ...recorded, fault: "" });
      const { since, code, fault } = failing ?? { since: 0, code: "", fault: "" };
      return { to, newest: this.#watch.newestAt(to), failing: failing === null ? null : { since, code, fault } };
    });
  }

  assertHolding(): void {
    const places = this.places();
    if (places.length > 0 && places.some(({ failing }) => failing === null)) return;
    throw new AdmissionError(
      "E_UNBACKED",
      "No destination takes backups now, and new keys wait for one: no key was made.",
    );
  }

  async untilHeld(size: number): Promise<void> {
    const end = this.#parts.clock.monotonic() + LONGEST_HOLD_MS;
    const over = setTimeout(() => this.#wake(), LONGEST_HOLD_MS + 1).unref();
    try {
      while ((this.newest()?.size ?? 0) < size) {
        const late = this.#parts.clock.monotonic() >= end || this.#ending.signal.aborted;
        if (late)
          throw new AdmissionError("E_UNBACKED", "The key was made and is kept, but no backup took it in time.", {
            size,
          });
        this.#urgent = true;
        const woken = new Promise<void>((resolve) => this.#waiting.add(resolve));
        this.look();
        await woken;
      }
    } finally {
      clearTimeout(over);
    }
  }

  /** Removes what a process left that was cut off: copies of the store, sealed or wrapped as it is. */
  #clear(): void {
    const { dataDirectory } = this.#parts;
    rmSync(this.#staging, { recursive: true, force: true });
    for (const name of readdirSync(dataDirectory))
      if (LEFT.test(name)) rmSync(join(dataDirectory, name), { force: true });
  }

  /** What is carried out now; null while there is none, or nothing may be written. */
  get #policy(): BackupPolicy | null {
    const { keystore, custody } = this.#parts;
    const { backup, recovering } = keystore.domain();
    return recovering || custody.sealed ? null : backup;
  }

  get #staging(): string {
    return join(this.#parts.dataDirectory, "backup-staging");
  }

  #isDueNow(to: BackupDestination, policy: BackupPolicy): boolean {
    const { index, guard, clock } = this.#parts;
    const now = clock.monotonic();
    const trouble = this.#troubleOf(to);
    if (trouble !== undefined) return now >= trouble.notBefore;
    if (index.backupFault(to.name) !== null) return true; // it failed before this process began
    if (isDue(to, policy, { index, now: guard.time() })) return true;
    if (!isBehind(to, index)) {
      this.#lackingSince.delete(to.name);
      return false;
    }
    const since = this.#lackingSince.get(to.name) ?? now;
    this.#lackingSince.set(to.name, since);
    return this.#urgent || now - since >= GATHER_MS;
  }

  #troubleOf({ name }: BackupDestination): Trouble | undefined {
    const trouble = this.#troubles.get(name);
    return trouble?.policy === this.#parts.keystore.domain().backup ? trouble : undefined;
  }

  #lookAt(to: BackupDestination, insist: boolean): Promise<void> {
    const looking = this.#watch
      .look(to, () => this.#busy.has(to.name), { insist, signal: this.#ending.signal })
      .then((amiss) => this.#take(amiss))
      .finally(() => this.#looking.delete(looking));
    this.#looking.add(looking);
    return looking;
  }

  /** What is gone is made anew at once, and later each time that it goes again; what fails already is tried again anyway. */
  #take(amiss: Amiss | null): void {
    if (amiss === null || this.#ending.signal.aborted || this.#troubleOf(amiss.to) !== undefined) return;
    const { to, fault, losses } = amiss;
    const pause = losses === 1 ? 0 : pauseAfter(Math.max(1, losses - 1));
    this.#fail(to, fault, pause);
  }

  #begin(policy: BackupPolicy, due: readonly BackupDestination[]): Promise<Round> {
    this.#urgent = false;
    this.#busy = new Set(due.map(({ name }) => name));
    for (const { name } of due) this.#lackingSince.delete(name);
    const round = this.#carryOut(policy, due)
      .catch((cause) => this.#spoiled(cause, due))
      .finally(() => {
        this.#round = null;
        this.#busy = new Set();
        this.#wake();
      });
    this.#round = round;
    return round;
  }

  async #carryOut(policy: BackupPolicy, due: readonly BackupDestination[]): Promise<Round> {
    const { custody, dataDirectory, guard, tid } = this.#parts;
    const folder = join(this.#staging, randomBytes(8).toString("hex"));
    const name = backupName(tid, guard.time());
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const made = await createBackup(
        custody,
        backupSource(this.#parts),
        join(folder, name),
        dataDirectory,
        guard.time(),
      );
      const outcomes = await Promise.all(due.map((to) => this.#keepAt(to, { made, name, folder, policy })));
      this.#record(made, name, outcomes);
      const places = outcomes.map(({ to, fault }) => ({
        name: to.name,
        code: fault?.code ?? null,
        what: fault?.message ?? null,
      }));
      const { size, keys, made: madeAt } = made.manifest;
      return { made: { madeAt, size, keys, bytes: made.bytes }, places };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Puts the backup there, reads it back, verifies it, and then removes what the policy keeps no longer. */
  async #keepAt(
    to: BackupDestination,
    { made, name, folder, policy }: { made: BackupMade; name: string; folder: string; policy: BackupPolicy },
  ): Promise<{ readonly to: BackupDestination; readonly fault: HoldfastError<string> | null }> {
    const signal = AbortSignal.any([this.#ending.signal, AbortSignal.timeout(LONGEST_TRANSFER_MS)]);
    const place = openDestination(to, this.#parts.dataDirectory);
    const readBack = join(folder, `${to.name}.readback`);
    try {
      await place.put(made.path, name, signal);
      await place.get(name, readBack, signal);
      await assertSame(readBack, made, to);
    } catch (cause) {
      return { to, fault: cause instanceof HoldfastError ? cause : asPlaceError(cause, to) };
    } finally {
      await rm(readBack, { force: true });
    }
    await this.#tidy(to, place, { policy, name, signal });
    return { to, fault: null };
  }

  /** What cannot be removed stays: a backup too many does no harm. */
  async #tidy(
    to: BackupDestination,
    place: Destination,
    { policy, name: newest, signal }: { policy: BackupPolicy; name: string; signal: AbortSignal },
  ): Promise<void> {
    const { tid, guard, logger } = this.#parts;
    try {
      const names = await place.list(signal);
      // The one just made stays, whatever the clock said when the others were made.
      const expired = expiredBackups(names, tid, policy.keep, guard.time()).filter((name) => name !== newest);
      for (const name of expired) await place.remove(name, signal);
      if (expired.length > 0) logger.info("backup.removed", { to: to.name, count: expired.length });
    } catch (cause) {
      const { code, detail } = asPlaceError(cause, to);
      logger.warn("backup.untidied", { to: to.name, code, fault: String(detail.fault ?? "") });
    }
  }

  #record(
    made: BackupMade,
    name: string,
    outcomes: readonly { readonly to: BackupDestination; readonly fault: HoldfastError<string> | null }[],
  ): void {
    if (this.#ending.signal.aborted) return; // the keys that sign the log are gone, or go just now
    const { executor, logger, drills } = this.#parts;
    const kept = outcomes.filter(({ fault }) => fault === null).map(({ to }) => to.name);
    for (const { to, fault } of outcomes) if (fault !== null) this.#fail(to, fault);
    if (kept.length === 0) return;
    for (const to of kept) this.#troubles.delete(to);
    const { size, keys, blob } = made.manifest;
    executor.recordHostEvent("backup", {
      ...{ size, keys, blob, to: kept, file: { name, bytes: made.bytes } },
      ...keepEscrowed(drills, made),
    });
    logger.info("backup.made", { to: kept.join(","), size, keys, bytes: made.bytes });
  }

  /** Nothing was made at all: a full disk, a store that gives no copy. Every destination that was due waits. */
  #spoiled(cause: unknown, due: readonly BackupDestination[]): Round {
    const fault = cause instanceof HoldfastError ? cause : new CustodyError("E_BACKUP_FILE");
    if (!this.#ending.signal.aborted) for (const to of due) this.#fail(to, fault);
    return { made: null, places: due.map(({ name }) => ({ name, code: String(fault.code), what: fault.message })) };
  }

  /** Remembers a failure; the first of a row is an entry of the log, so that everybody learns of it. */
  #fail(to: BackupDestination, error: HoldfastError<string>, wait?: number): void {
    const { code, detail } = error;
    const { executor, index, clock, guard, logger } = this.#parts;
    const before = this.#troubleOf(to);
    const policy = this.#parts.keystore.domain().backup;
    const failures = wait === undefined ? (before?.failures ?? 0) + 1 : 0;
    const pause = wait ?? pauseAfter(failures);
    if (isGone(error)) this.#watch.noteGone(to);
    const notBefore = clock.monotonic() + pause * (0.75 + Math.random() / 4);
    const since = before?.since ?? index.backupFault(to.name)?.since ?? guard.time();
    const fault = String(detail.fault ?? "");
    this.#troubles.set(to.name, { policy, failures, notBefore, code, fault, since });
    logger.error("backup.failed", { to: to.name, code, fault, failures });
    if (index.backupFault(to.name) !== null) return;
    try {
      executor.recordHostEvent("backup.failed", { to: [to.name], code, fault });
    } catch {
      logger.error("store.unwritten", { kind: "backup.failed" });
    }
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}

/** Milliseconds after so many failures in a row. */
function pauseAfter(failures: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures - 1, 20));
}

async function assertSame(readBack: string, { manifest }: BackupMade, to: BackupDestination): Promise<void> {
  const fault = { to: to.name, fault: "answer" };
  let nonce: string;
  try {
    nonce = (await readBackupFile(readBack)).manifest.nonce;
  } catch {
    throw new CustodyError("E_BACKUP_READBACK", undefined, fault);
  }
  if (nonce !== manifest.nonce) throw new CustodyError("E_BACKUP_READBACK", undefined, fault);
}
