import type { BackupDestination, BackupPolicy, HoldfastError } from "@holdfast/protocol";
import type { CustodyError } from "../custody/errors.ts";
import type { PlacedBackup } from "../keystore/backups-on-record.ts";
import type { Keystore } from "../keystore/keystore.ts";
import type { LogIndex } from "../keystore/log-index.ts";
import type { Clock } from "../self-check/clock.ts";
import { asPlaceError, missingError, placeError } from "./destinations/destination.ts";
import { openDestination } from "./destinations/open-destination.ts";

/** What looking works with. */
export interface PlaceWatchParts {
  readonly dataDirectory: string;
  readonly keystore: Keystore;
  readonly index: LogIndex;
  readonly clock: Clock;
}

/** What a look found amiss. */
export interface Amiss {
  readonly to: BackupDestination;
  readonly fault: CustodyError;
  /** How often in a row the backup was found gone; 0 when nobody could say. */
  readonly losses: number;
}

/** How often each destination is looked at while all is well. */
const LOOK_EVERY_MS = 300_000;
/** A destination that takes longer gave no answer. */
const LONGEST_LOOK_MS = 20_000;
/** Pause after a look without an answer, doubled each time. */
const FIRST_PAUSE_MS = 15_000;
/** So many looks in a row without an answer are a failure. */
const MOST_SILENCES = 3;

/** What the last look at a destination found, of which backup and under which policy. */
interface Seen {
  readonly policy: BackupPolicy | null;
  readonly entry: PlacedBackup;
  readonly isThere: boolean;
}

interface Next {
  readonly policy: BackupPolicy | null;
  readonly entry: PlacedBackup;
  /** Monotonic milliseconds before which it is not looked at again. */
  readonly at: number;
  readonly silences: number;
}

/**
 * Looks whether the newest backup of each destination is still there, with its length: at the start, and every five minutes.
 *
 * What was seen counts over the log, which only knows that the backup was there once.
 *
 * @see docs/spec/backup.md, automatic backups
 */
export class PlaceWatch {
  readonly #parts: PlaceWatchParts;
  readonly #seen = new Map<string, Seen>();
  readonly #next = new Map<string, Next>();
  readonly #losses = new Map<string, number>();
  readonly #underWay = new Map<string, Promise<Amiss | null>>();
  /** Destinations that have not answered yet, given up or not: a disk that hangs is not asked a second time meanwhile. */
  readonly #unanswered = new Set<string>();

  constructor(parts: PlaceWatchParts) {
    this.#parts = parts;
  }

  /** The newest backup at a destination of today's policy, as far as anybody knows; null when there is none (any more). */
  newestAt({ name }: Pick<BackupDestination, "name">): PlacedBackup | null {
    const { index } = this.#parts;
    const entry = index.lastBackupTo(name);
    if (entry === null) return null;
    const seen = this.#seen.get(name);
    if (seen?.entry === entry && seen.policy === this.#policy) return seen.isThere ? entry : null;
    return entry.isEarlier || index.backupFault(name)?.code === "E_BACKUP_MISSING" ? null : entry;
  }

  /** Whether it is time to look at a destination, and nobody does. */
  isDue({ name }: BackupDestination): boolean {
    if (this.#underWay.has(name) || !this.#parts.index.lastBackupTo(name)?.file) return false;
    const next = this.#next.get(name);
    return next?.policy !== this.#policy || this.#parts.clock.monotonic() >= next.at;
  }

  /**
   * Looks at a destination now, for 20 seconds at most. What became of another backup or policy meanwhile is not judged.
   *
   * @param isBusy - Whether a backup is on its way there: then what is found may be removed or new.
   * @param insist - Whether a single look without an answer is a failure.
   */
  async look(
    to: BackupDestination,
    isBusy: () => boolean,
    { insist, signal }: { readonly insist: boolean; readonly signal: AbortSignal },
  ): Promise<Amiss | null> {
    const running = this.#underWay.get(to.name);
    if (running !== undefined) {
      const amiss = await running;
      if (!insist || amiss !== null) return amiss;
    }
    const looking = this.#look(to, isBusy, { insist, signal }).finally(() => {
      if (this.#underWay.get(to.name) === looking) this.#underWay.delete(to.name);
    });
    this.#underWay.set(to.name, looking);
    return looking;
  }

  /** Keeps in mind that a backup on its way found the place itself gone. */
  noteGone({ name }: BackupDestination): void {
    const entry = this.#parts.index.lastBackupTo(name);
    if (entry !== null) this.#seen.set(name, { policy: this.#policy, entry, isThere: false });
  }

  get #policy(): BackupPolicy | null {
    return this.#parts.keystore.domain().backup;
  }

  async #look(
    to: BackupDestination,
    isBusy: () => boolean,
    { insist, signal }: { readonly insist: boolean; readonly signal: AbortSignal },
  ): Promise<Amiss | null> {
    const { index } = this.#parts;
    const policy = this.#policy;
    const entry = index.lastBackupTo(to.name);
    if (entry?.file == null || isBusy()) return null;
    const fault = await this.#ask(to, entry.file, signal);
    if (signal.aborted || policy !== this.#policy || entry !== index.lastBackupTo(to.name) || isBusy()) return null;
    if (fault === null || isGone(fault)) return this.#judge({ to, entry, fault });
    const last = this.#next.get(to.name);
    const silences = (last?.entry === entry && last.policy === policy ? last.silences : 0) + 1;
    this.#lookAgain(to, entry, Math.min(LOOK_EVERY_MS, FIRST_PAUSE_MS * 2 ** Math.min(silences - 1, 10)), silences);
    return insist || silences >= MOST_SILENCES ? { to, fault, losses: 0 } : null;
  }

  #judge({
    to,
    entry,
    fault,
  }: {
    readonly to: BackupDestination;
    readonly entry: PlacedBackup;
    readonly fault: CustodyError | null;
  }): Amiss | null {
    this.#lookAgain(to, entry, LOOK_EVERY_MS, 0);
    this.#seen.set(to.name, { policy: this.#policy, entry, isThere: fault === null });
    const losses = fault === null ? 0 : (this.#losses.get(to.name) ?? 0) + 1;
    this.#losses.set(to.name, losses);
    return fault === null ? null : { to, fault, losses };
  }

  #lookAgain({ name }: BackupDestination, entry: PlacedBackup, pause: number, silences: number): void {
    this.#next.set(name, { policy: this.#policy, entry, at: this.#parts.clock.monotonic() + pause, silences });
  }

  /** What is amiss with a file at a destination; null when it is there as it was. */
  async #ask(
    to: BackupDestination,
    { name, bytes }: NonNullable<PlacedBackup["file"]>,
    ending: AbortSignal,
  ): Promise<CustodyError | null> {
    const signal = AbortSignal.any([ending, AbortSignal.timeout(LONGEST_LOOK_MS)]);
    const over = new Promise<never>((_, reject) =>
      signal.addEventListener("abort", () => reject(placeError(to, "timeout")), { once: true }),
    );
    if (this.#unanswered.has(to.name)) return placeError(to, "timeout");
    this.#unanswered.add(to.name);
    const asked = openDestination(to, this.#parts.dataDirectory)
      .look(name, signal)
      .finally(() => this.#unanswered.delete(to.name));
    try {
      const length = await Promise.race([asked, over]);
      if (length === bytes) return null;
      return missingError(to, length === null ? "gone" : "changed");
    } catch (cause) {
      return asPlaceError(cause, to);
    }
  }
}

/** Whether a fault says that what lay there is not there: not merely that nobody could say. */
export function isGone({ code, detail }: HoldfastError<string>): boolean {
  return code === "E_BACKUP_MISSING" || (code === "E_BACKUP_PLACE" && detail["fault"] === "missing");
}
