/** Mann-Whitney's U as a normal deviate: beyond about ±4 the two differ. Ties are split. */
export function rankTest(one: readonly number[], other: readonly number[]): number {
  const all = [...one.map((time) => ({ time, mine: 1 })), ...other.map((time) => ({ time, mine: 0 }))];
  all.sort((a, b) => a.time - b.time);
  let ranks = 0;
  for (let from = 0; from < all.length; ) {
    let to = from;
    while (all[to]?.time === all[from]?.time && to < all.length) to += 1;
    for (let at = from; at < to; at += 1) ranks += all[at]?.mine === 1 ? (from + to + 1) / 2 : 0;
    from = to;
  }
  const [n, m] = [one.length, other.length];
  const u = ranks - (n * (n + 1)) / 2;
  return (u - (n * m) / 2) / Math.sqrt((n * m * (n + m + 1)) / 12);
}
