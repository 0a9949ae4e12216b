import type { NoteKey } from "@holdfast/tlog";
import type { RefusalCounter } from "../admission/refusal-counter.ts";
import type { Logger } from "../logger.ts";
import type { RunningTime } from "../self-check/running-time.ts";
import type { LastCosigned, WitnessMemory } from "./witness-memory.ts";

/** What delays are counted with. */
export interface DelayParts {
  readonly running: RunningTime;
  readonly refusals: RefusalCounter;
  readonly logger: Logger;
  /** What waits its delay, with the running time at which that is over. */
  readonly waiting: () => readonly { readonly hash: string; readonly dueSeconds: number }[];
}

/** A witness that can be asked for a fresh cosignature. */
export interface AskedWitness {
  readonly key: NoteKey;
  readonly vkey: string;
  /** Null for one that cannot be asked now. */
  readonly visit: (() => Promise<void>) | null;
}

/** Clocks of two machines and whole seconds: what a delay's proof by a witness may lack. */
const SLACK_SECONDS = 60;

/**
 * Holds the agent's running time against its witnesses' clocks: on a host whose time is made to run faster a delay ends
 * early, and a witness elsewhere sees that it does.
 *
 * @see docs/spec/custody-log.md section 7
 */
export class WitnessedDelays {
  readonly #memory: WitnessMemory;
  readonly #parts: DelayParts;

  constructor(memory: WitnessMemory, parts: DelayParts) {
    this.#memory = memory;
    this.#parts = parts;
  }

  /** Takes note of a witness's clock: for whatever waits, the first time counts. */
  note(vkey: string, time: number): void {
    const { running, waiting } = this.#parts;
    const hashes = new Set(waiting().map(({ hash }) => hash));
    for (const hash of this.#memory.waiting.keys()) if (!hashes.has(hash)) this.#memory.waiting.delete(hash);
    for (const hash of hashes) {
      const pairs = this.#memory.waiting.get(hash) ?? new Map();
      if (!pairs.has(vkey)) pairs.set(vkey, { witness: time, running: running.take() });
      this.#memory.waiting.set(hash, pairs);
    }
  }

  /**
   * Whether no witness's clock contradicts that a delay is over. Each one that saw it run is asked now; one that does not
   * answer holds nothing up.
   */
  async isElapsed(hash: string, dueSeconds: number, witnesses: readonly AskedWitness[]): Promise<boolean> {
    const { running, logger, refusals } = this.#parts;
    const begun = this.#memory.waiting.get(hash);
    for (const { key, vkey, visit } of witnesses) {
      const first = begun?.get(vkey);
      if (first === undefined || visit === null) continue;
      const fresh = await this.#ask(vkey, visit);
      if (fresh === null) continue;
      const wanted = Math.min(dueSeconds, running.take()) - first.running;
      const lacks = wanted - (fresh.at - first.witness);
      if (lacks <= SLACK_SECONDS) continue;
      logger.warn("delay.contradicted", { code: "E_DELAY", witness: key.name, hash, lacks });
      refusals.count("E_DELAY");
      return false;
    }
    return true;
  }

  /** Its newest cosignature, made after it was asked; a visit that was under way may bring one from before. */
  async #ask(vkey: string, visit: () => Promise<void>): Promise<LastCosigned | null> {
    const before = this.#memory.cosigned.get(vkey);
    for (let tries = 0; tries < 2; tries += 1) {
      await visit().catch(() => undefined);
      const fresh = this.#memory.cosigned.get(vkey);
      if (fresh !== undefined && fresh !== before) return fresh;
    }
    return null;
  }
}
