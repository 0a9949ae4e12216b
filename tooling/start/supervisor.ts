import { type FSWatcher, watch } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { type Child, type ChildOptions, startChild } from "./child.ts";

const MOST_RESTARTS = 3;
const RESTART_WINDOW_MS = 60_000;

export interface SupervisedOptions extends ChildOptions {
  /** Resolves when a freshly started process answers. */
  readonly whenReady: (child: Child) => Promise<void>;
  /** Folders whose changes restart it, for `npm run dev`. */
  readonly watched: readonly string[];
}

/**
 * Keeps one process running: starts it again when it ends unasked, up to three times a minute, and when a watched
 * source changes.
 */
export class Supervised {
  readonly #options: SupervisedOptions;
  readonly #say: (text: string) => void;
  readonly #giveUp: (text: string) => void;
  readonly #ends: number[] = [];
  readonly #watchers: FSWatcher[] = [];
  #child: Child | null = null;
  #stopping = false;
  #change: NodeJS.Timeout | null = null;

  constructor(options: SupervisedOptions, say: (text: string) => void, giveUp: (text: string) => void) {
    this.#options = options;
    this.#say = say;
    this.#giveUp = giveUp;
  }

  /** Starts it and waits until it answers. */
  async start(): Promise<void> {
    await this.#launch();
    for (const folder of this.#options.watched) {
      this.#watchers.push(watch(folder, { recursive: true }, (_event, file) => this.#sourceChanged(String(file))));
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    for (const watcher of this.#watchers) watcher.close();
    if (this.#change) clearTimeout(this.#change);
    await this.#child?.stop();
  }

  async #launch(): Promise<void> {
    const child = startChild(this.#options);
    this.#child = child;
    if (this.#stopping) return child.stop();
    try {
      await this.#options.whenReady(child);
    } catch (error) {
      await child.stop();
      throw error;
    }
    void child.ended.then(() => this.#ended(child));
  }

  async #ended(child: Child): Promise<void> {
    if (this.#stopping || child !== this.#child) return;
    const now = performance.now();
    this.#ends.push(now);
    const recent = this.#ends.filter((end) => now - end < RESTART_WINDOW_MS).length;
    const { name, logFile } = this.#options;
    if (recent > MOST_RESTARTS) return this.#giveUp(`${name} keeps stopping. Its own words are in ${logFile}.`);
    this.#say(`${name} stopped by itself (log: ${logFile}); starting it again.`);
    await pause(500);
    await this.#relaunch();
  }

  #sourceChanged(file: string): void {
    if (this.#stopping || !/\.(ts|tsx|json|html|css)$/.test(file) || /\.test\.tsx?$/.test(file)) return;
    if (this.#change) clearTimeout(this.#change);
    this.#change = setTimeout(async () => {
      this.#say(`${this.#options.name}: ${file} changed, starting it again.`);
      const old = this.#child;
      this.#child = null;
      await old?.stop();
      await this.#relaunch();
    }, 200);
  }

  async #relaunch(): Promise<void> {
    if (this.#stopping) return;
    try {
      await this.#launch();
    } catch (error) {
      if (!this.#stopping && this.#options.watched.length > 0) this.#say(`${(error as Error).message}`);
      else if (!this.#stopping) this.#giveUp((error as Error).message);
    }
  }
}
