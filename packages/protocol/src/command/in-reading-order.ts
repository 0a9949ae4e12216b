/** Keys as people read them, whatever order they were proposed in: those that may leave first, then by group and name. */
export function inReadingOrder<
  T extends { readonly group: string; readonly label: string; readonly extractable?: boolean },
>(keys: readonly T[]): T[] {
  const last = ({ extractable }: T) => (extractable === true ? 0 : 1);
  const compare = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0);
  return [...keys].sort(
    (one, other) => last(one) - last(other) || compare(one.group, other.group) || compare(one.label, other.label),
  );
}
