import { markVerified, type Untrusted, type Verified } from "../brand.ts";
import { ProtocolError } from "../errors.ts";
import { letOthersRun } from "../platform/let-others-run.ts";
import { acceptCheckedLink, checkRosterLink } from "./accept-roster-link.ts";
import type { PinnedRoster, RosterAgent, VerifiedRoster } from "./roster.ts";
import { MAX_CHAIN_LINKS, type RosterLink } from "./roster-link.ts";
import { verifyGenesis } from "./verify-genesis.ts";

const LINKS_AT_A_TIME = 16;

/** A whole chain, genesis first. */
export interface RosterChain {
  readonly tid: string;
  readonly rosters: readonly VerifiedRoster[];
  /** The newest. */
  readonly head: VerifiedRoster;
}

/**
 * Verifies a chain from its genesis to its last link.
 *
 * Caller must: compare `tid` with one that a person read from the console, or say that it was not compared; and judge
 * `head.roster.notAfter`.
 *
 * @param acceptedAt - When the link of a sequence number was first accepted, by the entry that records it; null where
 *   there is none.
 * @throws {@link ProtocolError} as {@link verifyGenesis} and {@link acceptCheckedLink}; `E_LIMIT`
 */
export async function verifyRosterChain(
  chain: Untrusted<readonly RosterLink[]>,
  acceptedAt: (seq: number) => number | null = () => null,
): Promise<Verified<RosterChain>> {
  const [genesis, ...links] = chain;
  if (genesis === undefined) throw new ProtocolError("E_GENESIS", "The chain has no genesis.");
  if (chain.length > MAX_CHAIN_LINKS)
    throw new ProtocolError("E_LIMIT", "The chain is too long.", { links: chain.length });
  let head = await verifyGenesis(genesis);
  const rosters = [head];
  for (let at = 0; at < links.length; at += LINKS_AT_A_TIME) {
    if (at > 0) await letOthersRun();
    const some = checkLinks(head, links.slice(at, at + LINKS_AT_A_TIME));
    for (const { link, next } of some.checked) {
      head = await acceptCheckedLink(head, next, link, acceptedAt(head.roster.seq + 1));
      rosters.push(head);
    }
    if (some.refused !== null) throw some.refused;
  }
  return markVerified({ tid: head.tid, rosters, head });
}

interface CheckedLinks {
  readonly checked: readonly { readonly link: RosterLink; readonly next: PinnedRoster }[];
  /** Why the link behind them is refused. */
  readonly refused: ProtocolError | null;
}

/**
 * Checks everything of some links but their signatures, up to the first that is refused: documents by themselves and
 * signatures by themselves take less time than by turns.
 */
function checkLinks(pinned: PinnedRoster, links: Untrusted<readonly RosterLink[]>): CheckedLinks {
  const checked: { link: RosterLink; next: PinnedRoster }[] = [];
  let before = pinned;
  for (const link of links) {
    try {
      before = checkRosterLink(before, link);
    } catch (error) {
      if (error instanceof ProtocolError) return { checked, refused: error };
      throw error;
    }
    checked.push({ link, next: before });
  }
  return { checked, refused: null };
}

/** The agent of that id in the newest roster that has it; null when none has. */
export function findAgent(chain: Verified<RosterChain>, aid: string): RosterAgent | null {
  for (const { roster } of [...chain.rosters].reverse()) {
    const agent = roster.agents.find((one) => one.aid === aid);
    if (agent) return agent;
  }
  return null;
}
