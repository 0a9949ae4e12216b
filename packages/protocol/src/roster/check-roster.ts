import { decodeBase64url } from "../encoding/base64url.ts";
import { ProtocolError } from "../errors.ts";
import { deriveAid } from "../ids/derive-ids.ts";
import { rootCertificates } from "../maker/verify-maker.ts";
import { isLasting } from "../schema/read-once.ts";
import {
  algorithmOf,
  checkAdministrators,
  countAble,
  currentFacts,
  demand,
  isUniqueBy,
} from "./check-administrators.ts";
import { ACCEPT_WINDOW_SECONDS, MAX_RULE_DELAY_SECONDS, RECOVERY_DELAY_BOUNDS } from "./default-policy.ts";
import { quorumFor } from "./quorum.ts";
import type { Credential, Roster, RosterAgent } from "./roster.ts";

/**
 * Checks the rules that a roster keeps by itself, without its predecessor and signatures.
 *
 * @throws {@link ProtocolError} `E_ROSTER_SCHEMA`
 * @see docs/spec/roster.md section 2
 */
export function checkRoster(roster: Roster): void {
  checkTimes(roster);
  checkAgents(roster);
  checkCredentials(roster);
  checkChannels(roster);
  checkPolicy(roster);
  checkRecovery(roster);
}

function checkTimes({ issued, acceptBy, notAfter }: Roster): void {
  demand(
    acceptBy >= issued && acceptBy <= issued + ACCEPT_WINDOW_SECONDS,
    "acceptBy is not within 7 days of its issue",
  );
  demand(notAfter > issued, "it ends before it begins");
}

/** Agents that keep their rules: most links bring those of the one before, and nobody changes one. */
const checkedAgents = new WeakSet<RosterAgent>();

function checkAgents({ agents }: Roster): void {
  demand(
    isUniqueBy(agents, ({ aid }) => aid),
    "an agent stands in it twice",
  );
  for (const agent of agents) {
    if (checkedAgents.has(agent)) continue;
    const { aid, aik, alk } = agent;
    demand(deriveAid(decodeBase64url(aik)) === aid, "an agent's id does not follow from its key");
    demand(algorithmOf(aik) === "ES256" && algorithmOf(alk) === "EdDSA", "an agent's key is of another kind");
    if (isLasting(agent)) checkedAgents.add(agent);
  }
}

function checkCredentials(roster: Roster): void {
  const { admins, attn, evidence } = roster;
  checkAdministrators(admins);
  for (const { roots } of [attn, evidence].filter((each) => each !== undefined))
    demand(areCertificates(roots), "a maker's root is not a certificate");
}

function checkChannels(roster: Roster): void {
  const { admins } = roster;
  const { channels } = currentFacts(admins);
  if (channels.has("this-machine")) {
    demand(admins.length === 1 && roster.agents.length === 1, "this-machine needs one administrator and one agent");
  }
  if (channels.has("local")) {
    const credentials = admins.flatMap(({ creds }) => creds);
    demand(credentials.length === 1, "a local administrator stands alone");
    demand(
      roster.policy.every(({ m, delaySec }) => m === 1 && delaySec === 0),
      "a local administrator needs no others and no delays",
    );
    demand(
      roster.recovery.keys.length === 0 && roster.recovery.delaySec === 0,
      "a local administrator has no recovery key and no delay of one",
    );
  }
}

function checkPolicy(roster: Roster): void {
  const { policy } = roster;
  demand(
    isUniqueBy(policy, ({ act }) => act),
    "an act has two rules",
  );
  demand(
    policy.some(({ act }) => act === "*"),
    "it has no rule for acts not named",
  );
  const links = quorumFor(roster, "roster.update");
  for (const rule of policy) {
    const { act, m, groups = null, noSelf = false, delaySec } = rule;
    const those = groups === null ? "there are" : `are in ${groups.join(" or ")}`;
    const needs = `${act === "*" ? "every act not named" : act} needs ${m}`;
    demand(delaySec <= MAX_RULE_DELAY_SECONDS, `${act} waits longer than 30 days`);
    demand(m <= links.m, `${needs} administrators, more than a change of the roster (roster.update: ${links.m})`);
    const able = countAble(roster.admins, groups);
    demand(m <= able, `${needs}, more administrators than ${those}: ${able}`);
    // Whoever proposes does not count, so there must be somebody besides those who approve.
    demand(
      !noSelf || m < able || able < roster.admins.length,
      `${needs} besides its proposer, more administrators than ${those}: ${able}`,
    );
  }
}

function checkRecovery(roster: Roster): void {
  const { keys, m, delaySec } = roster.recovery;
  demand(
    isUniqueBy(keys, ({ cose }) => cose),
    "a recovery key stands in it twice",
  );
  for (const { alg, cose } of keys) demand(algorithmOf(cose) === alg, "a recovery key is of another kind");
  demand(keys.length === 0 ? m === 0 : m >= 1 && m <= keys.length, "recovery needs more keys than there are");
  const { least, most } = RECOVERY_DELAY_BOUNDS;
  demand(
    keys.length === 0 || (delaySec >= least && delaySec <= most),
    "a recovery waits for less than a day or more than 30 days",
  );
}

/** Whether two credentials are one and the same, member by member. */
export function isSameCredential(one: Credential, other: Credential): boolean {
  return one === other || (hasMembersOf(one, other) && hasMembersOf(other, one));
}

function hasMembersOf(one: Credential, other: Credential): boolean {
  const [mine, others] = [one, other] as unknown as Readonly<Record<string, unknown>>[];
  for (const name in others) if (mine?.[name] !== others[name]) return false;
  return true;
}

function areCertificates(roots: readonly string[]): boolean {
  try {
    return rootCertificates(roots).length > 0;
  } catch (error) {
    if (error instanceof ProtocolError) return false;
    throw error;
  }
}
