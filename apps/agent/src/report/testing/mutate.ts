/** The smallest ways to change a file at one place: every bit of the byte there, the byte itself, a space before it. */
export const MUTATIONS = [
  "bit 0",
  "bit 7",
  "bit 5",
  "bit 1",
  "bit 2",
  "bit 3",
  "bit 4",
  "bit 6",
  "removed",
  "doubled",
  "space",
] as const;

/** One of {@link MUTATIONS}. */
export type Mutation = (typeof MUTATIONS)[number];

const SPACE = 0x20;

/** A copy of the file, changed at one place; null after its last byte, where there is only room for a space. */
export function mutate(bytes: Uint8Array, at: number, mutation: Mutation): Uint8Array | null {
  if (mutation === "space") return spliced(bytes, at, [SPACE], 0);
  const byte = bytes[at];
  if (byte === undefined) return null;
  if (mutation === "removed") return spliced(bytes, at, [], 1);
  if (mutation === "doubled") return spliced(bytes, at, [byte], 0);
  const changed = bytes.slice();
  changed[at] = byte ^ (1 << Number(mutation.slice("bit ".length)));
  return changed;
}

function spliced(bytes: Uint8Array, at: number, put: readonly number[], taken: number): Uint8Array {
  const changed = new Uint8Array(bytes.length + put.length - taken);
  changed.set(bytes.subarray(0, at));
  changed.set(put, at);
  changed.set(bytes.subarray(at + taken), at + put.length);
  return changed;
}
