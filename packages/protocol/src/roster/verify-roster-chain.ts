import { markVerified, type Untrusted, type Verified } from "../brand.ts";
import { withManySignatures } from "../cose/verify-natively.ts";
import { ProtocolError } from "../errors.ts";
import { letOthersRun } from "../platform/let-others-run.ts";
import { checkRosterLink, judgeCheckedLink } from "./accept-roster-link.ts";
import type { PinnedRoster, RosterAgent, VerifiedRoster } from "./roster.ts";
import { MAX_CHAIN_LINKS, type RosterLink } from "./roster-link.ts";
import { verifyGenesis } from "./verify-genesis.ts";

/** Few enough that whatever else the process does waits no longer than some 20 ms. */
const LINKS_AT_A_TIME = 64;

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
 * @throws {@link ProtocolError} as {@link verifyGenesis} and {@link judgeCheckedLink}; `E_LIMIT`
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
  let some = checkLinks(head, links.slice(0, LINKS_AT_A_TIME));
  for (let at = LINKS_AT_A_TIME; ; at += LINKS_AT_A_TIME) {
    const judged = judgeLinks(head, some, acceptedAt);
    // Documents are read while other processors verify signatures.
    const more = checkLinks(some.checked.at(-1)?.next ?? head, links.slice(at, at + LINKS_AT_A_TIME));
    for (const [place, verdict] of (await judged).entries()) {
      if (verdict.status === "rejected") throw verdict.reason;
      head = markVerified((some.checked[place] as CheckedLink).next);
      rosters.push(head);
    }
    if (some.refused !== null) throw some.refused;
    if (at >= links.length) return markVerified({ tid: head.tid, rosters, head });
    some = more;
    await letOthersRun();
  }
}

interface CheckedLink {
  readonly link: RosterLink;
  readonly next: PinnedRoster;
}

interface CheckedLinks {
  readonly checked: readonly CheckedLink[];
  /** Why the link behind them is refused. */
  readonly refused: ProtocolError | null;
}

/**
 * Checks everything of some links but their signatures, up to the first that is refused: documents by themselves and
 * signatures by themselves take less time than by turns.
 */
function checkLinks(pinned: PinnedRoster, links: Untrusted<readonly RosterLink[]>): CheckedLinks {
  const checked: CheckedLink[] = [];
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

/** Judges some links all at once: each by the one before it, whose own verdict comes first in what this gives. */
function judgeLinks(
  pinned: VerifiedRoster,
  { checked }: CheckedLinks,
  acceptedAt: (seq: number) => number | null,
): Promise<PromiseSettledResult<void>[]> {
  return withManySignatures(() =>
    Promise.allSettled(
      checked.map(({ link, next }, place) =>
        judgeCheckedLink(checked[place - 1]?.next ?? pinned, next, link, acceptedAt(next.roster.seq)),
      ),
    ),
  );
}

/** The agent of that id in the newest roster that has it; null when none has. */
export function findAgent(chain: Verified<RosterChain>, aid: string): RosterAgent | null {
  for (const { roster } of [...chain.rosters].reverse()) {
    const agent = roster.agents.find((one) => one.aid === aid);
    if (agent) return agent;
  }
  return null;
}
