import { ProtocolError } from "../errors.ts";
import { checkRoster } from "./check-roster.ts";
import { ACCEPT_WINDOW_SECONDS, defaultPolicy, ROSTER_LIFE_SECONDS } from "./default-policy.ts";
import { draftRecoveryKeys, type RecoveryChange } from "./draft-recovery-keys.ts";
import type { Administrator, Credential, PinnedRoster, PolicyRule, Roster } from "./roster.ts";

/** What a link is to change. What is not named stays as it is. */
export interface RosterChange {
  /** New administrators, or further passkeys (and the groups) of one that is there. */
  readonly administrators?: readonly Administrator[];
  /** Administrators who leave, by `adm`. */
  readonly removeAdministrators?: readonly string[];
  /** Single passkeys that are lost or replaced, by `credId`. */
  readonly removeCredentials?: readonly string[];
  /**
   * The whole table of rules; `default` for the one that suits the number of administrators. Not named, the second
   * administrator brings the defaults of two where the rules were those of one; `keep` prevents that.
   */
  readonly policy?: "default" | "keep" | readonly PolicyRule[];
  /** Makes it good for another 400 days. */
  readonly renew?: boolean;
  readonly witnesses?: Roster["witnesses"];
  readonly agents?: Roster["agents"];
  readonly recovery?: RecoveryChange;
  /** Which makers of passkeys are taken from now on; null for any. */
  readonly attn?: NonNullable<Roster["attn"]> | null;
  /** Which makers of machines are asked for of agents that are added from now on; null for none. */
  readonly evidence?: NonNullable<Roster["evidence"]> | null;
}

/**
 * The roster that follows another with a change: what a link says, before anybody approved it.
 *
 * A local administrator leaves with the first person who has a passkey. Passkeys of a page on this machine leave with the
 * second administrator or agent, because they may not stay; a person who would have none left has to bring another first.
 *
 * @param now - Unix seconds.
 * @throws {@link ProtocolError} `E_ROSTER_SCHEMA` for a change that leaves no roster that keeps the rules, in words that
 *   say what is to be done
 * @see docs/spec/roster.md sections 2 and 6
 */
export function draftRoster({ roster: old, tid, hash }: PinnedRoster, change: RosterChange, now: number): Roster {
  const { rand: _, recover: __, attn: before, evidence: asked, ...rest } = old;
  const attn = change.attn === undefined ? before : (change.attn ?? undefined);
  if (change.renew !== true && old.notAfter <= now)
    throw refused("administrators and rules have ended: renew them first");
  const evidence = change.evidence === undefined ? asked : (change.evidence ?? undefined);
  const agents = change.agents ?? old.agents;
  const admins = withoutTryOut(changedAdministrators(old, change), agents);
  const next: Roster = {
    ...rest,
    ...(attn === undefined ? {} : { attn }),
    ...(evidence === undefined ? {} : { evidence }),
    ...{ tid, seq: old.seq + 1, prev: hash, issued: now, acceptBy: now + ACCEPT_WINDOW_SECONDS },
    notAfter: change.renew === true ? now + ROSTER_LIFE_SECONDS : old.notAfter,
    ...{ admins, agents },
    policy: changedPolicy(old, admins, change.policy),
    witnesses: change.witnesses ?? old.witnesses,
    recovery: change.recovery === undefined ? old.recovery : draftRecoveryKeys(old.recovery, change.recovery),
  };
  checkRoster(next);
  return next;
}

function changedAdministrators(old: Roster, change: RosterChange): Administrator[] {
  const { administrators = [], removeAdministrators = [], removeCredentials = [] } = change;
  const known = new Set(old.admins.map(({ adm }) => adm));
  for (const adm of removeAdministrators) if (!known.has(adm)) throw refused("there is no such administrator");
  const credentials = new Set(old.admins.flatMap(({ creds }) => creds.map(({ credId }) => credId)));
  for (const credId of removeCredentials) if (!credentials.has(credId)) throw refused("there is no such passkey");
  const stays = (credential: Credential) => !removeCredentials.includes(credential.credId);
  const kept = old.admins
    .filter(({ adm }) => !removeAdministrators.includes(adm))
    .map((each) => {
      const more = administrators.find(({ adm }) => adm === each.adm);
      const creds = [...each.creds.filter(stays), ...(more?.creds ?? [])];
      return { ...each, ...(more === undefined ? {} : { groups: more.groups }), creds };
    });
  const added = administrators.filter(({ adm }) => !known.has(adm));
  for (const { label, creds } of kept)
    if (creds.length === 0) throw refused(`${label} would have no passkey left: remove the administrator instead`);
  for (const { label, creds } of [...kept, ...added])
    if (creds.every(({ channel }) => channel === "hosted"))
      throw refused(
        `${label} would have no passkey but of the operator's page: remove the administrator, or give them one of your key server's page`,
      );
  return [...kept, ...added];
}

/** Leaves out credentials that may not stand beside others, of those who have another. */
function withoutTryOut(admins: readonly Administrator[], agents: Roster["agents"]): Administrator[] {
  const people = admins.filter(({ creds }) => creds.some(({ channel }) => channel !== "local"));
  if (people.length === 0) return [...admins];
  if (people.length === 1 && agents.length === 1) return people;
  return people.map((each) => {
    const creds = each.creds.filter(({ channel }) => channel !== "this-machine" && channel !== "local");
    if (creds.some(({ channel }) => channel !== "hosted")) return { ...each, creds };
    throw refused(
      `${each.label}'s passkey belongs to a page that only this machine reaches, and may not stay beside another ` +
        "administrator. Serve the page on a name of yours (https), give that passkey a successor there, and say both in one change",
    );
  });
}

function changedPolicy(
  old: Roster,
  admins: readonly Administrator[],
  wanted: RosterChange["policy"],
): Roster["policy"] {
  if (wanted === "keep") return old.policy;
  if (Array.isArray(wanted)) return [...(wanted as readonly PolicyRule[])];
  const isLocal = admins.some(({ creds }) => creds.some(({ channel }) => channel === "local"));
  const wasLocal = old.admins.some(({ creds }) => creds.some(({ channel }) => channel === "local"));
  const defaults = defaultPolicy(isLocal ? "local" : admins.length);
  if (wanted === "default" || wasLocal !== isLocal) return isSamePolicy(old.policy, defaults) ? old.policy : defaults;
  const hadDefaults = old.admins.length === 1 && isSamePolicy(old.policy, defaultPolicy(1));
  return hadDefaults && admins.length > 1 ? defaults : old.policy;
}

function isSamePolicy(one: readonly PolicyRule[], other: readonly PolicyRule[]): boolean {
  const text = (rules: readonly PolicyRule[]) =>
    JSON.stringify(rules.map((rule) => Object.entries(rule).sort()).sort((a, b) => (String(a) < String(b) ? -1 : 1)));
  return text(one) === text(other);
}

function refused(problem: string): ProtocolError {
  return new ProtocolError("E_ROSTER_SCHEMA", `The change is refused: ${problem}.`);
}
