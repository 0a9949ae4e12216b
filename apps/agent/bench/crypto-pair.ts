/** One thing that is done twice: by this product, and by node:crypto alone. */
export interface CryptoRow {
  /** The key's algorithm, as key records spell it. */
  readonly algorithm: string;
  readonly what: string;
  readonly ours: () => unknown;
  readonly raw: () => unknown;
  /** Where node:crypto has no such thing: what stands in its place. */
  readonly yardstick?: string;
}

/** Operations a second of both, the better round of each, and how much slower ours is. */
export interface CryptoRates {
  readonly ours: number;
  readonly raw: number;
  readonly ratio: number;
}

const ROUNDS = 5;

/** Measures both by turns, so that what else the machine does meets both. @param milliseconds - Of one round of one. */
export function measurePair({ ours, raw }: Pick<CryptoRow, "ours" | "raw">, milliseconds: number): CryptoRates {
  const [oursCount, rawCount] = [countFor(ours, milliseconds), countFor(raw, milliseconds)];
  let [oursBest, rawBest] = [0, 0];
  for (let round = 0; round < ROUNDS; round += 1) {
    oursBest = Math.max(oursBest, rateOf(ours, oursCount));
    rawBest = Math.max(rawBest, rateOf(raw, rawCount));
  }
  return { ours: oursBest, raw: rawBest, ratio: rawBest / oursBest };
}

/** How often something is done in that time, once it is warm. */
function countFor(work: () => unknown, milliseconds: number): number {
  const begun = performance.now();
  let count = 0;
  while (performance.now() - begun < milliseconds) {
    work();
    count += 1;
  }
  return Math.max(1, Math.round(count * (milliseconds / (performance.now() - begun))));
}

function rateOf(work: () => unknown, count: number): number {
  const begun = performance.now();
  for (let n = 0; n < count; n += 1) work();
  return (count * 1000) / (performance.now() - begun);
}
