import { markVerified, type Untrusted, type Verified } from "../brand.ts";
import { ProtocolError } from "../errors.ts";
import { letOthersRun } from "../platform/let-others-run.ts";
import { acceptRosterLink } from "./accept-roster-link.ts";
import type { RosterAgent, VerifiedRoster } from "./roster.ts";
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
 * @throws {@link ProtocolError} as {@link verifyGenesis} and {@link acceptRosterLink}; `E_LIMIT`
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
  for (const [index, link] of links.entries()) {
    if (index % LINKS_AT_A_TIME === LINKS_AT_A_TIME - 1) await letOthersRun();
    head = await acceptRosterLink(head, link, acceptedAt(head.roster.seq + 1));
    rosters.push(head);
  }
  return markVerified({ tid: head.tid, rosters, head });
}

/** The agent of that id in the newest roster that has it; null when none has. */
export function findAgent(chain: Verified<RosterChain>, aid: string): RosterAgent | null {
  for (const { roster } of [...chain.rosters].reverse()) {
    const agent = roster.agents.find((one) => one.aid === aid);
    if (agent) return agent;
  }
  return null;
}
