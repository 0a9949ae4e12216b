const FIRST_PLACES = 1024;

/** A column's data. */
export interface PackedColumn {
  readonly absent: number;
  readonly numbers: Float64Array;
}

/** One number each for many things that have places from 0 on: eight bytes a place. */
export class NumberColumn {
  readonly #absent: number;
  #numbers: Float64Array;

  /** @param absent - What stands at a place that nothing was put to. */
  constructor(absent: number, numbers: Float64Array = new Float64Array(FIRST_PLACES).fill(absent)) {
    this.#absent = absent;
    this.#numbers = numbers;
  }

  /** The column as data that another thread can be given. */
  get packed(): PackedColumn {
    return { absent: this.#absent, numbers: this.#numbers };
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
