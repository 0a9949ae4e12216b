import type { Roster, RosterAgent } from "../roster/roster.ts";

/**
 * The agents whose keys or evidence are new in the next roster: they have to be introduced. Another label, or another
 * key for checkpoints after a loss, makes no newcomer.
 */
export function addedAgents(old: Pick<Roster, "agents">, next: Pick<Roster, "agents">): readonly RosterAgent[] {
  return next.agents.filter((agent) => !old.agents.some((before) => isSameAgent(before, agent)));
}

/** Whether two entries are of one agent with the same key to receive with and the same evidence. */
export function isSameAgent(one: RosterAgent, other: RosterAgent): boolean {
  return one === other || keysOf(one) === keysOf(other);
}

function keysOf({ aid, aik, hpke, evidence = [] }: RosterAgent): string {
  return [aid, aik, hpke, ...evidence.flatMap(({ quote, sig, x5c }) => [quote, sig, ...x5c])].join(" ");
}
