import { type ClientStateDocument, type DomainStateDocument, encodeState, type State } from "@holdfast/protocol";

/** What is wrong with a client's step; null when it is allowed. */
export function clientStepProblem(
  kind: string,
  before: ClientStateDocument | null,
  after: ClientStateDocument,
): string | null {
  if (kind === "client.enrol" || kind === "client.permit") {
    if (before !== null) return "it was enrolled twice";
    const isPermit = after.auth.kind === "permit";
    if (isPermit !== (kind === "client.permit") || isPermit !== (after.permit !== undefined))
      return "a client is no enrolment secret";
    return after.state === "active" && after.dates.revoked === undefined ? null : "it did not begin active";
  }
  if (before === null) return "it was never enrolled";
  if (before.auth.kind === "permit" && kind !== "client.revoke") return "an enrolment secret does nothing itself";
  if (kind === "client.renew") return renewalChange(before, after);
  if (kind === "client.update")
    return isSameState({ ...before, grants: after.grants }, after) && after.state === "active"
      ? null
      : "changing what it may do changed something else";
  if (kind !== "client.revoke") return `${kind} is no step of a client`;
  const { revoked, ...dates } = after.dates;
  if (after.state !== "revoked" || revoked === undefined) return "withdrawing it did not";
  const { revoked: _, ...datesBefore } = before.dates;
  return isSameState({ ...before, state: "revoked", dates: datesBefore }, { ...after, dates })
    ? null
    : "withdrawing it changed it";
}

/** A renewal changes the client's keys and its end, and nothing else. */
function renewalChange(before: ClientStateDocument, after: ClientStateDocument): string | null {
  const dates = { ...after.dates, notAfter: before.dates.notAfter };
  return isSameState(before, { ...after, auth: before.auth, dates }) ? null : "renewing its certificate changed it";
}

/** What is wrong with a step of the environment itself; null when it is allowed. */
export function domainStepProblem(
  kind: string,
  before: DomainStateDocument,
  after: DomainStateDocument,
): string | null {
  const expected = expectedDomain(kind, before, after);
  if (expected === null) return `${kind} is no step of an environment`;
  return isSameState(expected, after) ? null : `${kind} changed something else`;
}

function expectedDomain(
  kind: string,
  before: DomainStateDocument,
  after: DomainStateDocument,
): DomainStateDocument | null {
  switch (kind) {
    case "genesis":
      return { ...before, locked: false, recovering: false };
    case "domain.lock":
      return { ...before, locked: true };
    case "crypto.allow":
      return { ...before, legacy: after.legacy };
    case "escrow.enrol":
      return { ...before, escrow: after.escrow };
    case "escrow.release":
    case "escrow.drill":
      return before;
    case "backup.policy":
      return { ...before, backup: after.backup };
    case "backup.create":
      return before;
    case "domain.set":
      return { ...before, ackNewKey: after.ackNewKey, share: after.share };
    case "domain.unlock":
      return { ...before, locked: false };
    case "log.acceptLoss":
    case "restore.accept":
      return { ...before, recovering: false };
    default:
      return null;
  }
}

function isSameState(a: State, b: State): boolean {
  const [one, other] = [encodeState(a), encodeState(b)];
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
