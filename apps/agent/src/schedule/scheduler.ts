import type { Logger } from "../logger.ts";
import type { ClockGuard } from "../self-check/clock.ts";

/** Recurring work of one kind. */
export interface ScheduledWork {
  /** What it is called in the agent's own log. */
  readonly name: string;
  /**
   * Does what is due. It decides that by the time given, claims each run in the store before it acts, and is asked again
   * at the next tick whatever it did.
   *
   * @param now - Unix seconds by the agent's judged clock.
   */
  runDue(now: number): void | Promise<void>;
}

/** What the scheduler runs by. */
export interface SchedulerParts {
  readonly guard: ClockGuard;
  /** Whether anything may be written at all: not while the agent is recovering. */
  readonly mayWrite: () => boolean;
  readonly logger: Logger;
}

/** How often it looks whether something is due. Schedules count in days. */
const TICK_MS = 15_000;

/**
 * The agent's own timer for recurring work. Nothing runs while the clock is not believed: a schedule that a wrong clock
 * sets off cannot be taken back.
 */
export class Scheduler {
  readonly #parts: SchedulerParts;
  readonly #works: ScheduledWork[] = [];
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> | null = null;

  constructor(parts: SchedulerParts) {
    this.#parts = parts;
  }

  /** Takes work on; it is asked from the next tick on. */
  add(work: ScheduledWork): void {
    this.#works.push(work);
  }

  start(): void {
    this.#timer ??= setInterval(() => void this.tick(), TICK_MS).unref();
    void this.tick();
  }

  /** Begins nothing more. What is under way ends by itself. */
  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Looks once. Two looks never overlap: the second is the first's. */
  tick(): Promise<void> {
    this.#running ??= this.#look().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #look(): Promise<void> {
    const { guard, mayWrite, logger } = this.#parts;
    for (const work of this.#works) {
      if (guard.alarm() !== null || !mayWrite()) return;
      try {
        await work.runDue(guard.time());
      } catch (error) {
        const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
        logger.error("schedule.failed", { work: work.name, code });
      }
    }
  }
}
