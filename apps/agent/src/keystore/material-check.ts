import type { Keystore } from "./keystore.ts";

/** Rows looked at in one go: a millisecond or so of work. */
const ROWS = 200;
const PAUSE_MS = 50;

/** Goes over all wrapped material once after the start, a little at a time, so that what was changed is found unasked. */
export class MaterialCheck {
  readonly #keystore: Keystore;
  #timer: NodeJS.Timeout | null = null;
  #after: string | null = "";

  constructor(keystore: Keystore) {
    this.#keystore = keystore;
  }

  start(): void {
    this.#timer = setInterval(() => this.#step(), PAUSE_MS).unref();
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #step(): void {
    if (this.#after !== null) this.#after = this.#keystore.checkMaterial(this.#after, ROWS);
    if (this.#after === null) this.close();
  }
}
