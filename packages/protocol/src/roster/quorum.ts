import type { Act } from "../command/acts.ts";
import { ProtocolError } from "../errors.ts";
import { type FoundCredential, factsOf } from "./administrator-facts.ts";
import type { Administrator, PolicyRule, Roster } from "./roster.ts";

/** What an act, or a link (`roster.update`), needs under a roster. */
export interface Quorum {
  readonly m: number;
  /** Groups of which an approver must belong to one; null when every administrator counts. */
  readonly groups: readonly string[] | null;
  readonly noSelf: boolean;
  readonly delaySec: number;
  readonly maxTtlSec: number;
}

/** How many administrators of a roster have approved a link (of a recovery: how many recovery keys), and how many it takes. */
export interface LinkThreshold {
  readonly have: number;
  readonly need: number;
  /** Administrators whose approvals count, each once; none of a recovery, which no administrator approves. */
  readonly by: readonly string[];
}

/**
 * What an act needs: the roster's own rule for it, or the rule for every act not named.
 *
 * @throws {@link ProtocolError} `E_ROSTER_SCHEMA` for a roster without the rule "*", which no verified roster is
 */
export function quorumFor(roster: Pick<Roster, "policy">, act: Act | "roster.update"): Quorum {
  const named = roster.policy.find((rule) => rule.act === act) ?? roster.policy.find((rule) => rule.act === "*");
  if (named === undefined)
    throw new ProtocolError("E_ROSTER_SCHEMA", "The roster has no rule for acts it does not name.");
  return quorumOf(named);
}

/** A rule with its defaults filled in. */
export function quorumOf(rule: PolicyRule): Quorum {
  const { m, groups, noSelf, delaySec, maxTtlSec } = rule;
  return { m, groups: groups ?? null, noSelf: noSelf === true, delaySec, maxTtlSec };
}

/** Whether an administrator's approval counts under a rule's groups. */
export function isInGroups(administrator: Pick<Administrator, "groups">, groups: readonly string[] | null): boolean {
  return groups === null || administrator.groups.some((group) => groups.includes(group));
}

/** The credential of that id and its administrator; null when the roster has none. */
export function findCredential(roster: Pick<Roster, "admins">, credId: string): FoundCredential | null {
  return factsOf(roster.admins).credentials.get(credId) ?? null;
}

/** Whether the domain is one with a local administrator. */
export function isLocalDomain(roster: Pick<Roster, "admins">): boolean {
  return factsOf(roster.admins).channels.has("local");
}
