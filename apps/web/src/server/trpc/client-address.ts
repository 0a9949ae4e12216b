/**
 * Where a request came from, for limits only.
 *
 * The last part of X-Forwarded-For is what the nearest proxy, or Next itself, saw; earlier parts are the sender's word.
 */
export function clientAddress(headers: Headers): string {
  return headers.get("x-forwarded-for")?.split(",").at(-1)?.trim() || "unknown";
}
