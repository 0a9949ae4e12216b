/** Where a page of a list ended. Opaque to its reader, and nothing but a place: it gives access to nothing. */
export function encodeCursor(place: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(place)).toString("base64url");
}

/** Reads a cursor; null for one that is none of ours, which starts the list anew. */
export function decodeCursor(
  cursor: string | undefined,
  shape: readonly ("string" | "number")[],
): (string | number)[] | null {
  if (cursor === undefined) return null;
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    if (!Array.isArray(place) || place.length !== shape.length) return null;
    return place.every((part, index) => typeof part === shape[index]) ? place : null;
  } catch {
    return null;
  }
}
