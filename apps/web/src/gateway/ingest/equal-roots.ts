/** Whether two root hashes are the same. They are public, so time tells nothing. */
export function equalRoots(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
