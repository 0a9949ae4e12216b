const FIRST_PLACES = 1024;

/** One number each for many things that have places from 0 on: eight bytes a place. */
export class NumberColumn {
  readonly #absent: number;
  #numbers: Float64Array;

  /** @param absent - What stands at a place that nothing was put to. */
  constructor(absent: number) {
    this.#absent = absent;
    this.#numbers = new Float64Array(FIRST_PLACES).fill(absent);
  }

  get(place: number): number {
    return this.#numbers[place] ?? this.#absent;
  }

  set(place: number, value: number): void {
    if (place >= this.#numbers.length) this.#grow(place + 1);
    this.#numbers[place] = value;
  }

  #grow(places: number): void {
    const before = this.#numbers;
    this.#numbers = new Float64Array(Math.max(places, before.length * 2)).fill(this.#absent, before.length);
    this.#numbers.set(before);
  }
}
