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

/** Operations a second of processor time of both, over all rounds, and how much longer ours takes. */
export interface CryptoRates {
  readonly ours: number;
  readonly raw: number;
  readonly ratio: number;
}

const ROUNDS = 5;
/** Until the runtime has compiled what it runs; less measures its compiler. */
const WARM_MS = 300;

/** Measures both by turns, so that what else the machine does meets both. @param milliseconds - Of one round of one. */
export function measurePair({ ours, raw }: Pick<CryptoRow, "ours" | "raw">, milliseconds: number): CryptoRates {
  countFor(ours, WARM_MS);
  countFor(raw, WARM_MS);
  const [oursCount, rawCount] = [countFor(ours, milliseconds), countFor(raw, milliseconds)];
  let [oursSpent, rawSpent] = [0, 0];
  for (let round = 0; round < ROUNDS; round += 1) {
    oursSpent += timeOf(ours, oursCount);
    rawSpent += timeOf(raw, rawCount);
  }
  const [oursRate, rawRate] = [(oursCount * ROUNDS * 1000) / oursSpent, (rawCount * ROUNDS * 1000) / rawSpent];
  return { ours: oursRate, raw: rawRate, ratio: rawRate / oursRate };
}

/** How often something is done in that time. */
function countFor(work: () => unknown, milliseconds: number): number {
  const begun = spentMs();
  let count = 0;
  let spent = 0;
  while (spent < milliseconds) {
    for (let n = 0; n < 8; n += 1) work();
    count += 8;
    spent = spentMs() - begun;
  }
  return Math.max(1, Math.round(count * (milliseconds / spent)));
}

function timeOf(work: () => unknown, count: number): number {
  const begun = spentMs();
  for (let n = 0; n < count; n += 1) work();
  return spentMs() - begun;
}

/** Processor time of this thread: what others do on the machine takes none of it. */
function spentMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
