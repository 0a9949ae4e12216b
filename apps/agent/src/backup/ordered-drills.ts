import type { Admission } from "../admission/admission.ts";
import type { Drills } from "../custody/escrow/drills.ts";
import type { Keystore } from "../keystore/keystore.ts";
import type { LogIndex } from "../keystore/log-index.ts";
import type { Logger } from "../logger.ts";
import type { ClockGuard } from "../self-check/clock.ts";
import { findEscrowed } from "./find-escrowed.ts";

/** What readying drills works with. */
export interface OrderedDrillsParts {
  readonly tid: string;
  readonly dataDirectory: string;
  readonly admission: Pick<Admission, "find" | "onChange">;
  readonly drills: Drills;
  readonly keystore: Keystore;
  readonly index: LogIndex;
  readonly guard: ClockGuard;
  readonly logger: Logger;
}

/** A destination that takes longer is given up. */
const LONGEST_TRANSFER_MS = 3_600_000;

/**
 * Readies the drill of every escrow.drill that administrators approve, wherever it was proposed: the backup is read back from a
 * destination of the policy and verified whole, unless somebody at this host gave the file.
 *
 * @see docs/spec/backup.md, drill
 */
export class OrderedDrills {
  readonly #parts: OrderedDrillsParts;
  readonly #ending = new AbortController();
  #reading: Promise<void> = Promise.resolve();

  constructor(parts: OrderedDrillsParts) {
    this.#parts = parts;
    this.#ending.signal.addEventListener(
      "abort",
      parts.admission.onChange((hash) => this.#note(hash)),
    );
  }

  /** Resolves when nothing is read. */
  async settled(): Promise<void> {
    await this.#reading;
  }

  /** Gives up what is under way. */
  close(): void {
    this.#ending.abort();
  }

  #note(hash: string): void {
    const { admission, drills, guard } = this.#parts;
    const found = admission.find(hash);
    if (found?.status !== "applied" || found.command.act !== "escrow.drill") return;
    if (found.exp < guard.time() || drills.knows(hash)) return;
    const { backup } = found.command.args;
    const given = drills.offered(backup);
    if (given !== null) drills.begin(hash, given);
    else this.#reading = this.#reading.then(() => this.#read(hash, backup));
  }

  async #read(hash: string, backup: string): Promise<void> {
    const { tid, dataDirectory, drills, keystore, index, logger } = this.#parts;
    const recorded = index.escrowedBackups().find((each) => each.hash === backup);
    const destinations = keystore.domain().backup?.destinations ?? [];
    const signal = AbortSignal.any([this.#ending.signal, AbortSignal.timeout(LONGEST_TRANSFER_MS)]);
    const trailer =
      recorded === undefined || drills.left(backup) === 0
        ? null
        : await findEscrowed({ tid, backup, at: recorded.at, destinations, dataDirectory }, signal).catch(() => null);
    if (signal.aborted) return;
    if (trailer === null) logger.warn("drill.unread", { backup });
    else if (!drills.knows(hash)) drills.begin(hash, trailer);
  }
}
