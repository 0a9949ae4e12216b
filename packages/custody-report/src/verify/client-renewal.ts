import {
  type ClientStateDocument,
  type Leaf,
  LONGEST_CLIENT_SECONDS,
  RENEWAL_OVERLAP_SECONDS,
} from "@holdfast/protocol";

/** Clocks of one agent within one entry: a certificate is dated before its entry. */
const SLACK_SECONDS = 120;

/**
 * What is wrong with a client's renewal of its own certificate; null when nothing is.
 *
 * A client renews while it is one, within its own limit; its key before stays good for the overlap and no longer, and no
 * key comes in beside the one new one.
 */
export function clientRenewalProblem(
  { actor, ts }: Pick<Leaf, "actor" | "ts">,
  before: ClientStateDocument | null,
  after: ClientStateDocument,
): string | null {
  if (before === null || actor.kind !== "client" || actor.id !== before.id) return "it was not renewed by itself";
  if (before.state !== "active" || ts > before.dates.notAfter) return "it was renewed when it was no client any more";
  if (before.auth.authority !== undefined || after.auth.authority !== undefined)
    return "its certificates are another authority's to renew";
  if (after.dates.notAfter > (before.dates.limit ?? ts + LONGEST_CLIENT_SECONDS + SLACK_SECONDS))
    return "it was renewed beyond its limit";
  const known = new Map((before.auth.earlier ?? []).map(({ spki, until }) => [spki, until]));
  known.set(before.auth.spki, Math.min(ts + RENEWAL_OVERLAP_SECONDS + SLACK_SECONDS, before.dates.notAfter));
  for (const { spki, until } of after.auth.earlier ?? []) {
    const most = known.get(spki);
    if (most === undefined) return "a key came in that it never had";
    if (until > most || spki === after.auth.spki) return "an earlier key is good for too long";
  }
  return null;
}
