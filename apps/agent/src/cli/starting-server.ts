import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { SETTINGS_FILE } from "../agent-settings.ts";
import { type Serving, servingNow, wasServed } from "../data-lock.ts";

/** How long a start may take, from when it took the folder's lock. */
const START_MS = 30_000;
/** How long a start is waited for that has not taken the lock yet: of a folder that nobody ever served, and of others. */
const FIRST_LOCK_MS = 10_000;
const LOCK_MS = 1_000;
const LOOK_EACH_MS = 100;

/** What {@link StartingServer} is told. */
export interface StartingParts {
  readonly dataDirectory: string;
  /** Whether a start is waited for that has not taken the lock yet. */
  readonly patient: boolean;
  /** Tells the person that the command waits, and for what. */
  readonly say: (text: string) => void;
}

/** The key server that is starting in a data folder, for whoever has something to ask of it: `serve &`, and at once a command. */
export class StartingServer {
  readonly #parts: StartingParts;
  readonly #patience: number;
  readonly #began = performance.now();
  #holder: Serving | null = null;
  #said = false;
  #over = false;

  constructor(parts: StartingParts) {
    const { dataDirectory, patient } = parts;
    this.#parts = parts;
    const isAgent = existsSync(join(dataDirectory, SETTINGS_FILE));
    this.#patience = !patient || !isAgent ? 0 : wasServed(dataDirectory) ? LOCK_MS : FIRST_LOCK_MS;
  }

  /** Who holds the folder's lock, as it was seen last; null for nobody. */
  get holder(): Serving | null {
    return this.#holder;
  }

  /** Waits a moment. @returns whether it is worth asking again */
  async wait(): Promise<boolean> {
    const { dataDirectory } = this.#parts;
    const before = this.#holder;
    this.#holder = servingNow(dataDirectory);
    const waited = performance.now() - this.#began;
    if (this.#holder === null) this.#over ||= before !== null || waited >= this.#patience;
    else this.#over ||= Date.now() - this.#holder.sinceMs >= START_MS || waited >= this.#patience + START_MS;
    if (this.#over) return false;
    this.#say();
    await pause(LOOK_EACH_MS);
    return true;
  }

  #say(): void {
    const { dataDirectory, say } = this.#parts;
    if (this.#said || (this.#holder === null && this.#patience < FIRST_LOCK_MS)) return;
    this.#said = true;
    say(
      this.#holder === null
        ? `No key server serves ${dataDirectory} yet; waiting ${FIRST_LOCK_MS / 1000} seconds for one that starts …`
        : `The key server of ${dataDirectory} starts (process ${this.#holder.pid}); waiting until it answers …`,
    );
  }
}
