import {
  allowedMakersSchema,
  askedMachinesSchema,
  describeRosterChange,
  isLocalDomain,
  type PolicyRule,
  quorumFor,
  type Roster,
  type RosterChange,
  replacementKeyName,
  ruledActWord,
  wordsOf,
} from "@holdfast/protocol";
import { AdmissionError } from "../admission/errors.ts";
import type { Domain } from "../domain.ts";
import { findTextField, flagField, objectField, onlyFields, textField, textsField } from "../json-http/fields.ts";
import { HttpRefusal } from "../json-http/http-refusal.ts";
import type { JsonCall } from "../json-http/serve-json.ts";
import type { PendingLink } from "../roster/describe-link.ts";
import type { LinkDecided } from "../roster/link-decided.ts";
import { whoStops } from "../roster/who-stops.ts";
import type { LinkAnswer, LinkView, RosterAnswer } from "./answers.ts";
import { recoveryChangeOf } from "./replacement-key-routes.ts";

type Body = JsonCall["body"];

/** Who administers the domain by which rules, and what waits to change that. */
export function rosterView({ rosters, links, index }: Domain): RosterAnswer {
  const { roster, hash } = rosters.current();
  const { seq, notAfter, admins, policy, recovery, agents, witnesses } = roster;
  return {
    ...{ seq, hash, notAfter, policy: [...policy], agents: agents.map(({ aid, label }) => ({ aid, label })) },
    words: wordsOf(hash),
    administrators: admins.map(({ adm, label, groups, creds }) => ({
      ...{ adm, label, groups: [...groups] },
      passkeys: creds.map((one) => ({
        credId: one.credId,
        channel: one.channel,
        origin: one.channel === "local" ? null : one.origin,
      })),
    })),
    recovery: {
      ...{ keys: recovery.keys.length, m: recovery.m, delaySec: recovery.delaySec },
      names: recovery.keys.map(replacementKeyName),
    },
    witnesses: witnesses.map(({ name }) => name),
    links: links.pending().map((link) => linkView(link, links)),
    conflicts: [...index.linkConflicts].map(([place, of]) => ({ seq: place, hash: of, learnt: index.isLearnt(place) })),
  };
}

/** One change that waits. */
export function linkView(link: PendingLink, links: Domain["links"]): LinkView {
  const {
    hash,
    kind,
    words,
    status,
    old,
    new: next,
    approvals,
    delay,
    due,
    exp,
    dryRun,
    roster,
    base,
    mayObject,
  } = link;
  const before = base === null ? null : (JSON.parse(Buffer.from(base.doc, "base64url").toString("utf8")) as Roster);
  return {
    ...{ hash, kind, seq: roster.seq, words: [...words], status, old, new: next, delay, due, exp, dryRun },
    ...{ mayObject, stop: whoStops(link) },
    approvals: approvals.map(({ label, at }) => ({ label, at })),
    changes: before === null ? [] : changesOf(before, roster),
    approveUrl: links.approveUrl(hash),
  };
}

const KINDS = { added: "adds", removed: "removes", changed: "other" } as const;

/** What a change does, one line each; rules with what they asked for before. */
function changesOf(before: Roster, roster: Roster): LinkView["changes"] {
  const { lines, rules } = describeRosterChange(before, roster);
  const changes = [
    ...lines.map(({ kind, text }) => ({ kind: KINDS[kind], text })),
    ...rules.map((rule) => ({
      kind: "rule",
      text: `${ruledActWord(rule.act)}: ${rule.after} (before: ${rule.before})${rule.loosens ? ", which asks for less" : ""}`,
    })),
  ];
  return changes.length > 0 ? changes : [{ kind: "other", text: "Nothing but a new issue" }];
}

/** Proposes what the command line asks for. @throws {@link HttpRefusal} `E_SCHEMA`, `E_NOT_FOUND`; {@link AdmissionError} */
export async function proposeLink(domain: Domain, body: Body): Promise<LinkAnswer> {
  const { rosters, links } = domain;
  const { roster } = rosters.current();
  const intros = body["intros"] === undefined ? [] : textsField(body, "intros", 16).map(hashOf);
  const administrators = introduced(
    domain,
    intros,
    body["groups"] === undefined ? null : textsField(body, "groups", 16),
  );
  const remove = findTextField(body, "remove", 256);
  const person = remove === undefined ? null : findAdministrator(roster, remove);
  const passkey = findTextField(body, "passkey", 1400);
  const policy = policyOf(body, roster);
  const change: RosterChange = {
    ...(administrators.length === 0 ? {} : { administrators }),
    ...(person === null || passkey !== undefined ? {} : { removeAdministrators: [person.adm] }),
    ...leavingPasskeys(body, roster, passkey === undefined ? [] : [findPasskey(roster, person, passkey)]),
    ...(policy === undefined ? {} : { policy }),
    ...(flagField(body, "renew") ? { renew: true } : {}),
    ...agentsOf(domain, body, intros),
    ...makersOf(body),
    ...recoveryChangeOf(domain, body, intros),
  };
  return linkAnswer(await links.propose(change, intros), links);
}

/** Single passkeys that leave: the one that is named, and with a move all that are of another address than the new one. */
function leavingPasskeys(
  body: Body,
  { admins }: Roster,
  named: readonly string[],
): Pick<RosterChange, "removeCredentials"> {
  const to = findTextField(body, "moveTo", 300);
  const old = admins
    .flatMap(({ creds }) => creds)
    .filter((one) => to !== undefined && !("origin" in one && one.origin === to));
  const all = [...named, ...old.map(({ credId }) => credId)];
  return all.length === 0 ? {} : { removeCredentials: all };
}

/** What became of a link, with what it says and where people decide on it. */
export function linkAnswer(decided: LinkDecided, links: Domain["links"]): LinkAnswer {
  const found = decided.hash === "" ? null : links.find(decided.hash);
  return {
    have: decided.old?.have ?? 0,
    need: decided.old?.need ?? 0,
    ...decided,
    approveUrl: decided.hash === "" ? null : links.approveUrl(decided.hash),
    changes: found === null ? [] : linkView(found, links).changes,
  };
}

/** Approves a link that waits, where a local administrator may. */
export async function approveLink({ links }: Domain, hash: string): Promise<LinkAnswer> {
  return linkAnswer(await links.approve(hash), links);
}

/** Ends a link that waits. */
export async function cancelLink({ links }: Domain, hash: string): Promise<LinkAnswer> {
  return linkAnswer(await links.cancel(hash), links);
}

function introduced({ introductions }: Domain, intros: readonly string[], groups: readonly string[] | null) {
  return intros.flatMap((hash) => {
    const found = introductions.find(hash)?.introduction;
    if (found?.object.kind === "agent" || found?.object.kind === "replacement-key") return [];
    if (found?.object.kind !== "administrator")
      throw new AdmissionError("E_INTRO", "No administrator's passkeys of that name were given to this key server.");
    const { adm, creds } = found.object;
    return { adm, label: found.label, groups: groups ?? [], creds };
  });
}

/** The key servers, where some come by introduction or one leaves. */
function agentsOf(
  { introductions, rosters }: Domain,
  body: Body,
  intros: readonly string[],
): Pick<RosterChange, "agents"> {
  const { agents } = rosters.current().roster;
  const leaving = findTextField(body, "removeAgent", 256);
  const stay = agents.filter(({ aid, label }) => leaving === undefined || (aid !== leaving && label !== leaving));
  if (leaving !== undefined && stay.length !== agents.length - 1)
    throw new HttpRefusal(404, "E_NOT_FOUND", "No key server has that name, or several have: give the id.");
  const added = intros.flatMap((hash) => {
    const found = introductions.find(hash)?.introduction;
    return found?.object.kind === "agent" ? [{ ...found.object.agent, label: found.label }] : [];
  });
  const before = stay.filter(({ aid }) => !added.some((each) => each.aid === aid));
  return added.length === 0 && leaving === undefined ? {} : { agents: [...before, ...added] };
}

/** Which makers of passkeys and machines are taken, where that changes. `"any"` takes all again. */
function makersOf(body: Body): Pick<RosterChange, "attn" | "evidence"> {
  const { makers, machines } = body;
  return {
    ...(makers === undefined ? {} : { attn: makers === "any" ? null : allowedMakersSchema.read(makers, "makers") }),
    ...(machines === undefined
      ? {}
      : { evidence: machines === "any" ? null : askedMachinesSchema.read(machines, "machines") }),
  };
}

function hashOf(word: string): string {
  return word.replace(/^intro:/, "");
}

function findAdministrator({ admins }: Roster, word: string): Roster["admins"][number] {
  const found = admins.filter(({ adm, label }) => adm === word || label === word);
  if (found[0] === undefined) throw new HttpRefusal(404, "E_NOT_FOUND", "There is no such administrator.");
  if (found[1] !== undefined)
    throw new HttpRefusal(409, "E_PRESTATE", "Several administrators have that name: give the id.");
  return found[0];
}

/** A passkey by its id or how that begins, as lists show it. */
function findPasskey({ admins }: Roster, person: Roster["admins"][number] | null, word: string): string {
  const found = (person === null ? admins : [person])
    .flatMap(({ creds }) => creds)
    .filter(({ credId }) => word.length >= 6 && credId.startsWith(word));
  if (found[0] === undefined) throw new HttpRefusal(404, "E_NOT_FOUND", "There is no such passkey.");
  if (found[1] !== undefined) throw new HttpRefusal(409, "E_PRESTATE", "Several passkeys begin so: give the whole id.");
  return found[0].credId;
}

/** The whole table, where one rule of it changes. */
/** A local administrator is this host itself: nobody else to ask, and nobody a delay would give time to. */
function needsPeople(): AdmissionError {
  return new AdmissionError(
    "E_ROSTER_SCHEMA",
    "A local administrator decides alone and at once: rules of several people, and delays, need people with passkeys.",
    {},
    'Take the first person in (`holdfast-agent admin invite NAME`, then `holdfast-agent admin add`) and set the rule then: docs/operate/administrators.md, "From try-out to people".',
  );
}

function policyOf(body: Body, roster: Roster): RosterChange["policy"] {
  const word = findTextField(body, "policy", 16);
  if (word === "default" || word === "keep") return word;
  if (word !== undefined) throw new HttpRefusal(400, "E_SCHEMA", "policy is default or keep.");
  if (body["rule"] === undefined) return undefined;
  const given = objectField(body, "rule");
  onlyFields(given, ["act", "m", "groups", "noSelf", "delaySec", "maxTtlSec"]);
  const act = textField(given, "act", 64) as PolicyRule["act"];
  const before = act === "*" ? roster.policy.find((rule) => rule.act === "*") : quorumFor(roster, act);
  const { m = 1, delaySec = 0, maxTtlSec = 259_200 } = before ?? {};
  const rule = { ...{ act, m, delaySec, maxTtlSec }, ...given } as unknown as PolicyRule;
  if (isLocalDomain(roster) && (rule.m !== 1 || rule.delaySec !== 0)) throw needsPeople();
  return [...roster.policy.filter((each) => each.act !== act), rule];
}
