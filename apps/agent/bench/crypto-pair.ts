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

/** Operations a second of both in the middle round, and how much longer ours takes. */
export interface CryptoRates {
  readonly ours: number;
  readonly raw: number;
  readonly ratio: number;
}

/** Of one side, before the other has its turn: short, so that what the machine does besides meets both alike. */
const TURN_MS = 5;
/** The middle one counts: a machine that stood still for a second spoils one of them. */
const ROUNDS = 5;
/** Until the runtime has compiled what it runs; less measures its compiler. */
const WARM_MS = 300;

/** Measures both by short turns. @param milliseconds - Of each side, in all. */
export function measurePair({ ours, raw }: Pick<CryptoRow, "ours" | "raw">, milliseconds: number): CryptoRates {
  const counts = { ours: countOfTurn(ours), raw: countOfTurn(raw) };
  const turns = Math.ceil(milliseconds / TURN_MS / ROUNDS);
  const rounds = Array.from({ length: ROUNDS }, () => {
    let [oursSpent, rawSpent] = [0, 0];
    for (let turn = 0; turn < turns; turn += 1) {
      oursSpent += timeOf(ours, counts.ours);
      rawSpent += timeOf(raw, counts.raw);
    }
    const rates = { ours: (counts.ours * turns * 1000) / oursSpent, raw: (counts.raw * turns * 1000) / rawSpent };
    return { ...rates, ratio: rates.raw / rates.ours };
  });
  const middle = rounds.sort((a, b) => a.ratio - b.ratio)[Math.floor(ROUNDS / 2)];
  if (middle === undefined) throw new TypeError("Nothing was measured.");
  return middle;
}

/** Lets a process that has just started settle: its first half second of work is that of the runtime's compiler too. */
export function settle(rows: readonly Pick<CryptoRow, "ours" | "raw">[]): void {
  for (const { ours, raw } of rows) {
    countFor(ours, WARM_MS);
    countFor(raw, WARM_MS);
  }
}

/** How often something is done in a turn, of a time long enough that a pause of the machine does not make a turn of it. */
function countOfTurn(work: () => unknown): number {
  return Math.max(1, Math.round((countFor(work, WARM_MS) * TURN_MS) / WARM_MS));
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
  return count * (milliseconds / spent);
}

function timeOf(work: () => unknown, count: number): number {
  const begun = spentMs();
  for (let n = 0; n < count; n += 1) work();
  return spentMs() - begun;
}

/** Time that has passed: processor time is counted here in ticks of milliseconds, too coarse for short turns. */
function spentMs(): number {
  return performance.now();
}
