import {
  type Approval,
  DECISION,
  decodeBase64url,
  deriveClientId,
  deriveKeyId,
  encodeBase64url,
  HoldfastError,
  isKeyPairAlgorithm,
  isPasskeyApproval,
  LONGEST_CLIENT_SECONDS,
  MOST_HOSTED_KEYS,
  quorumFor,
  type Roster,
  referredHash,
  sha256,
  usageOfPart,
  type VerifiedIntroductions,
} from "@holdfast/protocol";
import type { AdmittedCommand } from "../lifecycle/admitted-command.ts";
import type { Issued, IssuedClient } from "../lifecycle/client-issuer.ts";
import type { StoredReceipt } from "../lifecycle/outcome.ts";
import type { Prepared } from "../lifecycle/transfers.ts";
import type { AdmissionContext } from "./admission-context.ts";
import { checkHost } from "./checks/check-host.ts";
import { checkIntroductions } from "./checks/check-introductions.ts";
import { checkPrestate } from "./checks/check-prestate.ts";
import { checkRosterAndDomain } from "./checks/check-roster.ts";
import { checkTenant } from "./checks/check-tenant.ts";
import { checkTime } from "./checks/check-time.ts";
import { countQuorum, type QuorumCount } from "./checks/count-quorum.ts";
import { findReceipt, hasEnded } from "./checks/find-receipt.ts";
import type { ReadEnvelope } from "./checks/read-envelope.ts";
import { type VerifiedApproval, verifyApprovals } from "./checks/verify-approvals.ts";
import { AdmissionError } from "./errors.ts";

/** What admission says of an envelope that it does not refuse. */
export type Verdict =
  /** Decided before: here is the answer again. */
  | { readonly kind: "decided"; readonly receipt: StoredReceipt }
  /** Good so far, with too few approvals. */
  | { readonly kind: "waiting"; readonly count: QuorumCount; readonly approvals: readonly VerifiedApproval[] }
  | {
      readonly kind: "admitted";
      readonly admitted: AdmittedCommand;
      readonly count: QuorumCount;
      readonly delaySec: number;
    };

/** A refusal, with whether anybody's approval had verified by then: only such refusals get an entry of their own. */
export class Refusal extends Error {
  readonly reason: HoldfastError<string>;
  readonly by: readonly string[];

  constructor(reason: HoldfastError<string>, by: readonly string[]) {
    super(reason.message);
    this.reason = reason;
    this.by = by;
  }
}

/** How a command came to be looked at. */
export interface AdmissionMode {
  /** It waited its delay: its time was judged at acceptance. */
  readonly due: boolean;
  /** Approvals of a local administrator count: they were made at this agent's own socket, just now. */
  readonly local: boolean;
}

/**
 * The ordered checks of a command. Everything asynchronous happens here, before the store's transaction; what could have
 * changed meanwhile is checked again inside it.
 *
 * Steps 1 to 3 were done by reading the envelope. This is the only maker of an {@link AdmittedCommand}.
 *
 * @throws {@link Refusal}
 * @see docs/spec/command.md, admission
 */
export async function admit(read: ReadEnvelope, context: AdmissionContext, mode: AdmissionMode): Promise<Verdict> {
  const { command, hash, envelope } = read;
  let verified: readonly VerifiedApproval[] = [];
  try {
    checkTenant(command, context.tid); // 4
    const receipt = findReceipt(hash, context); // 5
    if (receipt !== null && (receipt.final || !mode.due)) return { kind: "decided", receipt };
    if (hasEnded(hash, context)) throw new AdmissionError("E_PRESTATE", "The command was decided before.");
    if (!mode.due) checkTime(command, context); // 6
    checkRosterAndDomain(command, context, mode.due); // 7
    const introduced = checkIntroductions(read, context, mode.due); // 8
    const { roster } = context.rosters.current();
    if (!mode.local && !mode.due && !envelope.approvals.every(isPasskeyApproval)) {
      throw new AdmissionError("E_LOCAL_ADMIN");
    }
    verified = await verifyApprovals(envelope.approvals, hash, roster); // 9
    const proposer = await verifyProposer(read, roster);
    const extractable = isExtractable(read, context);
    const count = countQuorum({ command, roster, approvals: verified, proposer, extractable }); // 10
    if (count.have < count.need) return { kind: "waiting", count, approvals: verified };
    checkPrestate(command, hash, context); // 11
    checkHost(command, context.deniedActs); // 12
    const { delaySec } = quorumFor(roster, command.act); // 13 is the caller's
    const issued = await issueFor(read, introduced, context);
    const prepared = delaySec === 0 || mode.due ? await context.transfers.prepare(command, hash, introduced) : null;
    await preparePairs(read, context);
    return {
      kind: "admitted",
      admitted: admitted(read, context, { mode, verified, proposer, count, issued, prepared, introduced }),
      count,
      delaySec,
    };
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    throw new Refusal(error, [...new Set(verified.map(({ administrator }) => administrator.adm))]);
  }
}

interface AdmittedFacts {
  readonly mode: AdmissionMode;
  readonly verified: readonly VerifiedApproval[];
  readonly proposer: VerifiedApproval | null;
  readonly count: QuorumCount;
  readonly issued: Issued | null;
  readonly prepared: Prepared | null;
  readonly introduced: VerifiedIntroductions;
}

/** Step 14's own checks: everything that could have become false since, without verifying a signature again. */
function admitted(read: ReadEnvelope, context: AdmissionContext, facts: AdmittedFacts): AdmittedCommand {
  const { command, hash, bytes, envelopeHash } = read;
  const { mode, verified, proposer, count, issued, prepared, introduced } = facts;
  const pinned = context.rosters.current().hash;
  const recheck = () => {
    if (hasEnded(hash, context)) throw new AdmissionError("E_PRESTATE", "The command was decided before.");
    if (context.rosters.current().hash !== pinned) throw new AdmissionError("E_ROSTER_STALE");
    checkRosterAndDomain(command, context, mode.due);
    checkIntroductions(read, context, mode.due);
    const { roster } = context.rosters.current();
    const { have, need } = countQuorum({
      command,
      roster,
      approvals: verified,
      proposer,
      extractable: isExtractable(read, context),
    });
    if (have < need) throw new AdmissionError("E_QUORUM", undefined, { have, need });
    checkPrestate(command, hash, context);
    checkHost(command, context.deniedActs);
  };
  const local = verified.some(({ credential }) => credential.channel === "local");
  const made = {
    command,
    hash,
    envelope: bytes,
    envelopeHash,
    by: count.by,
    local,
    issued,
    prepared,
    introduced,
    recheck,
  };
  return made as unknown as AdmittedCommand;
}

/** Who signed as the proposer; null when nobody did. @throws {@link AdmissionError}, {@link ProtocolError} as for approvals */
async function verifyProposer({ envelope, hash }: ReadEnvelope, roster: Roster): Promise<VerifiedApproval | null> {
  const { proposal } = envelope;
  if (proposal === undefined) return null;
  if (proposal.decision !== DECISION.propose)
    throw new AdmissionError("E_SCHEMA", "The proposer's signature proposes nothing.");
  const [verified] = await verifyApprovals([proposal], hash, roster);
  return verified ?? null;
}

/**
 * What counts as a rejection that came with an envelope: steps 4, 5 and 9. It passes everything that a tightening act
 * passes.
 *
 * @throws {@link Refusal}
 */
export async function admitRejection(
  { command, hash, envelope }: ReadEnvelope,
  context: AdmissionContext,
): Promise<
  | { readonly kind: "decided"; readonly receipt: StoredReceipt }
  | { readonly kind: "rejected"; readonly rejections: readonly Approval[] }
> {
  try {
    checkTenant(command, context.tid);
    const receipt = findReceipt(hash, context);
    if (receipt?.final) return { kind: "decided", receipt };
    if (hasEnded(hash, context)) throw new AdmissionError("E_PRESTATE", "The command was decided before.");
    const rejections = envelope.approvals.filter(({ decision }) => decision === DECISION.reject);
    if (!rejections.every(isPasskeyApproval)) throw new AdmissionError("E_LOCAL_ADMIN");
    await verifyApprovals(rejections, hash, context.rosters.current().roster);
    return { kind: "rejected", rejections };
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    throw new Refusal(error, []);
  }
}

/** A new client's certificate, or the secret of a permit, is made before the transaction; a command that is refused after all drops it. */
async function issueFor(
  { command, hash }: ReadEnvelope,
  introduced: VerifiedIntroductions,
  { issuer, guard }: AdmissionContext,
): Promise<Issued | null> {
  if (command.act === "client.permit") return issuer.issuePermit();
  if (command.act !== "client.enrol") return null;
  const { label, auth } = command.args;
  const who = { clientId: deriveClientId(hash), label };
  if (auth.kind === "issued") return issuer.issueClient({ ...who, validitySec: auth.validitySec });
  const object = introduced.get(referredHash(auth.key))?.object;
  if (object?.kind !== "client-key") throw new AdmissionError("E_INTRO");
  const spki = decodeBase64url(object.spki);
  if (auth.kind === "own-key") return issuer.certifyClient({ ...who, spki, validitySec: auth.validitySec });
  if (auth.exact === true && object.certificate === undefined)
    throw new AdmissionError("E_ARGS", "Only a key was introduced, and no certificate.");
  return certifiedElsewhere(spki, guard.time(), auth.exact === true ? object.certificate : undefined);
}

/** A client whose certificates another authority issues: the agent has none of them to keep. */
function certifiedElsewhere(spki: Uint8Array, now: number, certificate: string | undefined): IssuedClient {
  const spkiHash = encodeBase64url(sha256(spki));
  const notAfter = now + LONGEST_CLIENT_SECONDS;
  const company = certificate === undefined ? {} : { certificate };
  return { certificateDer: new Uint8Array(), spkiHash, serial: "", notBefore: now, notAfter, files: [], company };
}

/** Key pairs in a token are made before the transaction: a token may need long. One that is refused after all is removed. */
async function preparePairs({ command, hash }: ReadEnvelope, { hsmKeys }: AdmissionContext): Promise<void> {
  if (command.act !== "key.create" || !hsmKeys.available) return;
  let place = 0;
  for (const { algorithm, store, usage } of command.args.items) {
    const isPair = isKeyPairAlgorithm(algorithm);
    if (isPair && store === "hsm") {
      const half = (at: number, part: "private-key" | "public-key", extractable: boolean) => ({
        ...{ id: { keyId: deriveKeyId(hash, at), version: 1 }, usages: usageOfPart(usage, part), extractable },
      });
      const halves = { privateKey: half(place, "private-key", false), publicKey: half(place + 1, "public-key", true) };
      await hsmKeys.preparePair(algorithm, halves);
    }
    place += isPair ? 2 : 1;
  }
}

/**
 * Whether a hosted page's approvals count for too little: a key that may leave the agent, one in a group that no key
 * has yet, or more keys at once than it makes.
 */
function isExtractable({ command }: ReadEnvelope, { keystore }: AdmissionContext): boolean {
  if (command.act === "key.create") {
    const isGroup = (group: string): boolean => group === "default" || keystore.hasGroup(group);
    return (
      command.args.items.length > MOST_HOSTED_KEYS ||
      command.args.items.some(({ extractable, group }) => extractable || !isGroup(group))
    );
  }
  const { target } = command;
  return target?.kind === "key" ? (keystore.findKey(target.keyId)?.extractable ?? false) : false;
}
