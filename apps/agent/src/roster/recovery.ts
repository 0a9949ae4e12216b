import {
  type Approval,
  changesRecovery,
  decodeBase64url,
  draftRecovery,
  encodeBase64url,
  encodeRoster,
  type PasskeyCredential,
  parseRoster,
  type Roster,
  replacementKeyName,
} from "@holdfast/protocol";
import { AdmissionError } from "../admission/errors.ts";
import type { Introductions } from "../introductions/introductions.ts";
import type { ClockGuard } from "../self-check/clock.ts";
import type { PendingLink } from "./describe-link.ts";
import type { LinkDecided } from "./link-decided.ts";
import { makeLinkEnvelope } from "./link-envelope.ts";
import type { RosterLinks } from "./roster-links.ts";
import type { RosterStore } from "./roster-store.ts";

/** What a recovery is prepared, signed and shown with. */
export interface RecoveryParts {
  readonly rosters: RosterStore;
  readonly introductions: Introductions;
  readonly guard: ClockGuard;
  readonly links: RosterLinks;
}

/** A recovery, or a change of the recovery keys, that waits for signatures or for its delay. Public notice of it. */
export interface RecoveryNotice {
  readonly hash: string;
  /** `keys`: administrators change the recovery keys, and any one of the old ones may object. */
  readonly kind: "recover" | "keys";
  readonly status: "pending" | "scheduled";
  /** base64url of the roster that it brings, and of the one that it follows. */
  readonly doc: string;
  readonly base: string;
  readonly words: readonly string[];
  /** Recovery keys that have signed, and that must. */
  readonly have: number;
  readonly need: number;
  /** Of a recovery: the names of the replacement keys that have signed it, and of those that could still. */
  readonly signedBy: readonly string[];
  readonly unsigned: readonly string[];
  /** When it is in force by the running time, Unix seconds; null while it waits for signatures. */
  readonly due: number | null;
  /** Until when signatures are taken before its delay begins, Unix seconds. */
  readonly exp: number;
  /** Whether an administrator's objection still counts. */
  readonly mayObject: boolean;
  /** Of a recovery that waits for signatures: how many approved changes wait their delay and end once it has them. */
  readonly displaces: number;
}

/** What everybody who opens the page may know of recovery. */
export interface RecoveryState {
  /** The recovery keys, public, base64url COSE_Key. */
  readonly keys: readonly string[];
  readonly m: number;
  readonly delaySec: number;
  readonly now: number;
  readonly waiting: readonly RecoveryNotice[];
}

/** Recovery as it stands: the keys, and what waits. */
export function recoveryState({ rosters, guard, links }: Omit<RecoveryParts, "introductions">): RecoveryState {
  const { roster } = rosters.current();
  const { keys, m, delaySec } = roster.recovery;
  const pending = links.pending();
  const running = pending.filter(({ status }) => status === "scheduled").length;
  return {
    ...{ keys: keys.map(({ cose }) => cose), m, delaySec, now: guard.time() },
    waiting: pending.flatMap((link) => noticeOf(link, running) ?? []),
  };
}

/**
 * Drafts the recovery that gives administrators the passkeys which they introduced to this agent, in place of all that they
 * had, and keeps it for recovery keys to sign. The same passkeys asked for again give the recovery that waits already.
 *
 * Caller must: have had somebody at the console compare the words of each introduction.
 *
 * @param intros - Hashes of introductions of kind administrator.
 * @throws {@link AdmissionError} `E_INTRO`; {@link ProtocolError} `E_ROSTER_SCHEMA`
 */
export async function proposeRecovery(
  { rosters, introductions, guard, links }: RecoveryParts,
  intros: readonly string[],
): Promise<LinkDecided> {
  const current = rosters.current();
  const passkeys = new Map<string, PasskeyCredential[]>();
  const documents = intros.map((hash) => {
    const taken = introductions.find(hash);
    const object = taken?.introduction.object;
    if (taken === null || object?.kind !== "administrator")
      throw new AdmissionError("E_INTRO", "No administrator gave this to this key server.");
    passkeys.set(object.adm, [...(passkeys.get(object.adm) ?? []), ...object.creds]);
    return taken.doc;
  });
  // What came by mailbox or file is somebody else's draft, and may differ in what nobody looks at.
  const roster = draftRecovery(current, passkeys, guard.time());
  const waiting = links
    .pending()
    .find((link) => link.kind === "recover" && link.origin === "cli" && isSamePeople(link.roster, roster));
  if (waiting !== undefined && waiting.base?.hash === current.hash)
    return { hash: waiting.hash, outcome: waiting.status === "scheduled" ? "scheduled" : "pending" };
  const doc = encodeBase64url(encodeRoster(roster));
  return links.deliver(makeLinkEnvelope({ doc, approvals: [], intros: documents }).bytes, "cli");
}

/**
 * Takes a recovery key's signature over a link that waits: it signs a recovery, or objects to a change of the recovery keys.
 *
 * @throws {@link AdmissionError} `E_PRESTATE` when no such link waits
 */
export async function decideByRecoveryKey(
  { links }: Pick<RecoveryParts, "links">,
  approval: Approval,
): Promise<LinkDecided> {
  const [hash = ""] = approval.list;
  const waiting = links.pending().find((link) => link.hash === hash);
  if (waiting === undefined) throw new AdmissionError("E_PRESTATE", "No such recovery waits at this key server.");
  return links.deliver(makeLinkEnvelope({ doc: waiting.doc, approvals: [approval] }).bytes, "file");
}

function noticeOf(link: PendingLink, running: number): RecoveryNotice | null {
  const { hash, doc, base, words, status, due, exp, kind, roster, old, mayObject } = link;
  if (base === null || (status !== "pending" && status !== "scheduled")) return null;
  const before = parseRoster(decodeBase64url(base.doc));
  if (kind !== "recover" && !changesRecovery(before, roster)) return null;
  const keys = kind === "recover" ? before.recovery.keys : [];
  const hasSigned = ({ cose }: { readonly cose: string }) => link.signedByKeys.includes(cose);
  return {
    ...{ hash, doc, status, due, exp, words, mayObject, base: base.doc },
    signedBy: keys.filter(hasSigned).map(replacementKeyName),
    unsigned: keys.filter((key) => !hasSigned(key)).map(replacementKeyName),
    displaces: kind === "recover" && status === "pending" ? running : 0,
    ...{ kind: kind === "recover" ? "recover" : "keys", have: old.have, need: old.need },
  };
}

/** Whether two recoveries give the same people the same passkeys. */
function isSamePeople(one: Roster, other: Roster): boolean {
  const passkeys = ({ admins }: Roster) =>
    admins.map(({ adm, creds }) => [adm, creds.map(({ credId }) => credId).sort()]).sort();
  return JSON.stringify(passkeys(one)) === JSON.stringify(passkeys(other));
}
