/** Overwrites every byte string of an object that has been moved. */
export function wipeObject(object: unknown): void {
  if (object instanceof Uint8Array) object.fill(0);
  else if (typeof object === "object" && object !== null) for (const each of Object.values(object)) wipeObject(each);
}
