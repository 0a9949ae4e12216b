import {
  decodeBase64url,
  docHash,
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
  /** Entry indexes of the links after genesis. Caller must: prove their inclusion. */
  readonly acceptances: readonly number[];
}

/**
 * Verifies the chain of administrators and rules up to the last link whose acceptance is in the log.
 *
 * A link that no entry records was approved but perhaps never accepted, so it does not count yet. Of one that a restored key server
 * learnt, its log says so: when the lost log accepted it is not judged here, but by the agent and by whoever verifies a report.
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
  /** When it was accepted: where its delay began, if it had one. Null where the log that accepted it is lost, and its key server learnt of it. */
  readonly at: number | null;
  /** The entry that put it in force, and the one that began its delay. */
  readonly entries: readonly number[];
}

/** The first recorded acceptance of each link in force, by the link's hash. */
async function acceptancesOf(evidence: Evidence): Promise<Map<string, Acceptance>> {
  const inForce = await firstOf("roster", evidence);
  const began = await firstOf("roster.scheduled", evidence);
  return new Map(
    [...inForce].map(([hash, { n, at, learnt }]): [string, Acceptance] => {
      if (learnt) return [hash, { at: null, entries: [n] }];
      const start = began.get(hash);
      return [hash, start === undefined ? { at, entries: [n] } : { at: start.at, entries: [n, start.n] }];
    }),
  );
}

async function firstOf(kind: "roster" | "roster.scheduled", evidence: Evidence) {
  const found = new Map<string, { readonly n: number; readonly at: number; readonly learnt: boolean }>();
  for (const entry of await evidence.entries({ kind })) {
    const { leaf } = openClaim(entry);
    const known = found.get(leaf.subject);
    if (leaf.kind === kind && (!known || leaf.n < known.n))
      found.set(leaf.subject, { n: leaf.n, at: leaf.ts, learnt: leaf.data?.["learnt"] !== undefined });
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
