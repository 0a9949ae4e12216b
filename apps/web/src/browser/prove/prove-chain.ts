import {
  decodeBase64url,
  docHash,
  type Leaf,
  parseRosterChain,
  type RosterChain,
  type RosterLink,
  type Verified,
  verifyRosterChain,
} from "@holdfast/protocol";
import type { Pin } from "../pin/pin.ts";
import type { Evidence } from "./evidence.ts";
import { openClaim } from "./open-claim.ts";
import { ProofError } from "./proof-error.ts";

/** A verified chain, and the entries that say when each link after genesis was accepted: still to be proved. */
export interface ProvedChain {
  readonly chain: Verified<RosterChain>;
  /** Indexes of the entries about the links after genesis. Caller must: prove their inclusion. */
  readonly acceptances: readonly number[];
}

/**
 * Verifies the chain of administrators and rules up to the last link whose acceptance is in the log.
 *
 * A link that no entry records was approved but perhaps never accepted, so it does not count yet.
 *
 * @throws {@link ProofError} `P_TID`, `P_ROSTER`, `P_ROLLBACK`; the codes of `verifyRosterChain`
 */
export async function proveChain(evidence: Evidence, pin: Pin | null): Promise<ProvedChain> {
  const links = parseRosterChain(await evidence.chain());
  const recorded = links.length > 1 ? await acceptancesOf(evidence) : new Map<string, Acceptance>();
  const accepted: Acceptance[] = [];
  for (const link of links.slice(1)) {
    const acceptance = recorded.get(hashOf(link));
    if (acceptance === undefined) break;
    accepted.push(acceptance);
  }
  const chain = await verifyRosterChain(links.slice(0, accepted.length + 1), (seq) => accepted[seq - 1]?.at ?? null);
  if (pin) comparePinned(chain, pin);
  return { chain, acceptances: accepted.flatMap(({ entries }) => entries) };
}

interface Acceptance {
  /** The entry that puts it in force and, where it waited a delay before, the one that says since when. */
  readonly entries: readonly number[];
  /** When it was accepted: before its delay. */
  readonly at: number;
}

/** The first recorded acceptance of each link in force, by the link's hash. */
async function acceptancesOf(evidence: Evidence): Promise<Map<string, Acceptance>> {
  const [inForce, waited] = await Promise.all([firstOf(evidence, "roster"), firstOf(evidence, "roster.scheduled")]);
  return new Map(
    [...inForce].map(([hash, { n, ts }]) => {
      const before = waited.get(hash);
      const isBefore = before !== undefined && before.n < n;
      return [hash, isBefore ? { entries: [before.n, n], at: before.ts } : { entries: [n], at: ts }];
    }),
  );
}

/** The first entry of a kind about each subject; a server may leave some out. */
async function firstOf(evidence: Evidence, kind: "roster" | "roster.scheduled"): Promise<Map<string, Leaf>> {
  const found = new Map<string, Leaf>();
  for (const entry of await evidence.entries({ kind })) {
    const { leaf } = openClaim(entry);
    const known = found.get(leaf.subject);
    if (leaf.kind === kind && (!known || leaf.n < known.n)) found.set(leaf.subject, leaf);
  }
  return found;
}

function hashOf(link: RosterLink): string {
  return docHash("roster", decodeBase64url(link.doc));
}

function comparePinned({ tid, rosters }: RosterChain, pin: Pin): void {
  if (tid !== pin.tid) throw new ProofError("P_TID", "Another environment than the one whose words were compared.");
  const { seq, hash } = pin.roster;
  const same = rosters[seq];
  if (same === undefined) {
    throw new ProofError("P_ROLLBACK", "Fewer roster links than this browser has seen.", {
      links: rosters.length,
      seq,
    });
  }
  if (same.hash !== hash) throw new ProofError("P_ROSTER", "Another roster in the place of the pinned one.", { seq });
}
