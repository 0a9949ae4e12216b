/** A wall clock and a running clock that move when a test says so, and independently when it asks for that. */
export class FakeClock {
  #now: number;
  #monotonic = 0;

  /** @param now - Unix seconds. */
  constructor(now: number = 1_800_000_000) {
    this.#now = now;
  }

  /** Wall clock, Unix seconds. */
  readonly now = (): number => this.#now;

  /** Running time, milliseconds. */
  readonly monotonic = (): number => this.#monotonic;

  /** Time passes on both clocks. */
  advance(seconds: number): void {
    this.#now += seconds;
    this.#monotonic += seconds * 1000;
  }

  /** Somebody sets the wall clock; the running clock goes on unmoved. */
  setWall(now: number): void {
    this.#now = now;
  }
}
