import {
  findCredential,
  findRecoveryKey,
  type HoldfastError,
  isInGroups,
  isSignedByEveryRecoveryKey,
  quorumFor,
  type Roster,
  type RosterLinkDelay,
  rosterLinkDelay,
  wordsOf,
} from "@holdfast/protocol";
import type { DryRun } from "../admission/dry-run.ts";
import { AdmissionError, explainRefusal } from "../admission/errors.ts";
import type { ProposalOrigin } from "../admission/pending.ts";
import { dryRunLink, type LinkContext } from "./judge-link.ts";
import { isBeyondObjection } from "./judge-objection.ts";
import type { LinkKind, ReadLink } from "./link-envelope.ts";
import type { ProposedLink } from "./proposed-links.ts";

/** How many administrators of a roster have approved, and how many it takes. */
export interface LinkProgress {
  readonly have: number;
  readonly need: number;
}

/** A link as the agent's surfaces show it: its bytes, and everything else from the agent's own state. */
export interface PendingLink {
  readonly hash: string;
  /** base64url of the roster's bytes. */
  readonly doc: string;
  readonly kind: LinkKind;
  readonly roster: Roster;
  readonly words: readonly string[];
  readonly status: "pending" | "scheduled" | "applied" | "refused" | "cancelled";
  /** Why it was refused or cancelled; null otherwise. */
  readonly code: string | null;
  /** The roster that it follows; null where this agent has none in that place. */
  readonly base: { readonly seq: number; readonly hash: string; readonly doc: string } | null;
  readonly old: LinkProgress;
  readonly new: LinkProgress;
  readonly approvals: readonly {
    readonly adm: string;
    readonly label: string;
    readonly credId: string;
    readonly at: number;
  }[];
  /** Of a recovery: the recovery keys (COSE, base64url) that signed it. */
  readonly signedByKeys: readonly string[];
  readonly delay: RosterLinkDelay;
  /** Whether an administrator's objection counts now. */
  readonly mayObject: boolean;
  /** When it is in force by itself, Unix seconds by the running time; null while nothing runs. */
  readonly due: number | null;
  /** Until when it can be accepted. */
  readonly exp: number;
  readonly dryRun: DryRun;
  /** What was introduced for it, base64url. */
  readonly intros: readonly string[];
  readonly origin: ProposalOrigin | null;
}

/** A link as it is to be shown. */
export interface DescribedLink {
  readonly read: ReadLink;
  readonly status: PendingLink["status"];
  /** Null for a link that was decided. */
  readonly proposed: ProposedLink | null;
  readonly due: number | null;
  readonly code?: string | undefined;
}

/** Describes a link by its bytes and the roster that it follows. */
export function describeLink({ read, status, proposed, due, code }: DescribedLink, context: LinkContext): PendingLink {
  const { hash, envelope, roster, kind } = read;
  const { rosters, index } = context;
  const base = rosters.at(roster.seq - 1);
  const old = base?.roster ?? roster;
  const isRecovery = kind === "recover";
  const signedByKeys = isRecovery ? recoveryKeysThatSigned(old, read) : [];
  const stands = base !== null && roster.prev === base.hash;
  return {
    ...{ hash, kind, roster, status, due },
    doc: envelope.doc,
    words: wordsOf(hash),
    base: stands ? { seq: old.seq, hash: base.hash, doc: rosters.links()[old.seq]?.doc ?? "" } : null,
    old: isRecovery ? { have: signedByKeys.length, need: Math.max(1, old.recovery.m) } : progress(old, read),
    signedByKeys,
    new: isRecovery ? { have: 0, need: 0 } : progress(roster, read),
    mayObject: isRecovery
      ? mayObject(read, status, old, index)
      : status === "scheduled" || (status === "pending" && base !== null && !isBeyondObjection(read, base)),
    approvals: envelope.approvals.flatMap(({ credId, decision }) => {
      const found = decision === 1 ? (findCredential(old, credId) ?? findCredential(roster, credId)) : null;
      if (found === null) return [];
      const { adm, label } = found.administrator;
      return [{ adm, label, credId, at: proposed?.approvedAt[credId] ?? 0 }];
    }),
    delay: delayOf(proposed?.wait ?? rosterLinkDelay(old, roster, index.hasKeys())),
    code: code ?? null,
    exp: roster.acceptBy,
    dryRun: status === "pending" ? dryRunOf(read, context) : { ok: false },
    intros: envelope.intros ?? [],
    origin: proposed?.origin ?? null,
  };
}

/** Without what only the agent counts by. */
function delayOf({ delaySec, reason }: RosterLinkDelay): RosterLinkDelay {
  return { delaySec, reason };
}

/** A recovery is objected to while its delay runs, once at its place, and not when every recovery key signed it. */
function mayObject(
  { roster, envelope }: ReadLink,
  status: PendingLink["status"],
  old: Roster,
  index: LinkContext["index"],
): boolean {
  return status === "scheduled" && !index.isVetoed(roster.seq) && !isSignedByEveryRecoveryKey(old, envelope.approvals);
}

/** Different recovery keys of a roster (COSE, base64url) that signed a link. */
export function recoveryKeysThatSigned(old: Roster, { envelope }: ReadLink): readonly string[] {
  const signed = envelope.approvals.map((approval) => findRecoveryKey(old, approval)).filter((key) => key !== null);
  return [...new Set(signed)];
}

/** Counted for showing, from approvals that were verified when they came. */
function progress(roster: Roster, { envelope }: ReadLink): LinkProgress {
  const { m, groups } = quorumFor(roster, "roster.update");
  const people = envelope.approvals.flatMap(({ credId, decision }) => {
    const found = decision === 1 ? findCredential(roster, credId) : null;
    const counts = found !== null && found.credential.channel !== "hosted" && isInGroups(found.administrator, groups);
    return counts ? [found.administrator.adm] : [];
  });
  return { have: new Set(people).size, need: m };
}

function dryRunOf(read: ReadLink, context: LinkContext): DryRun {
  const problem = dryRunLink(read, context);
  return problem === null ? { ok: true } : refusedBy(problem);
}

/** A dry run that ends in a refusal. */
export function refusedBy(problem: HoldfastError<string>): DryRun {
  const code = String(problem.code);
  const next = (problem instanceof AdmissionError ? problem.next : undefined) ?? explainRefusal(code).next;
  return { ok: false, code, what: problem.message, next };
}
