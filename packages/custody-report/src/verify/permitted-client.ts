import { type ClientStateDocument, derivePermittedClientId, encodeState, type Leaf } from "@holdfast/protocol";

/** Clocks of one agent within one entry: a certificate is dated before its entry. */
const SLACK_SECONDS = 120;

/**
 * What is wrong with a client that came by an enrolment secret; null when nothing is.
 *
 * The secret was one then, lets in no more than it is for, and gives each what administrators approved for all of them.
 *
 * @param coming - The permit as it stood, how many it had let in, and the client as it came.
 */
export function permittedProblem(
  { actor, ts }: Pick<Leaf, "actor" | "ts">,
  coming: {
    readonly permit: ClientStateDocument | null;
    readonly before: number;
    readonly after: ClientStateDocument;
  },
): string | null {
  const { permit, before, after } = coming;
  const profile = permit?.permit;
  if (permit === null || profile === undefined || actor.kind !== "client" || after.auth.permit !== permit.id)
    return "no enrolment secret let it in";
  if (permit.state !== "active" || ts > permit.dates.notAfter) return "the enrolment secret had ended";
  if (before >= profile.most) return "the enrolment secret had let in all that it was for";
  const { spki } = after.auth;
  if (after.id !== derivePermittedClientId(permit.id, spki)) return "its id is not that of its key";
  const end = after.dates.notAfter;
  if (end > ts + profile.validitySec + SLACK_SECONDS) return "its certificate is good for too long";
  const wanted: ClientStateDocument = {
    ...{ typ: "state", ver: 1, tid: permit.tid, kind: "client", id: after.id, state: "active" },
    auth: { kind: "mtls", spki, permit: permit.id },
    grants: permit.grants,
    dates: { created: after.dates.created, notAfter: end, ...(profile.renewable ? {} : { limit: end }) },
  };
  return isSame(encodeState(wanted), encodeState(after)) ? null : "it may do other things than was approved";
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
