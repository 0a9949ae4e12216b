import { mechanismName, pinWarningOf } from "@holdfast/crypto";
import { describeDestination, wordsOf } from "@holdfast/protocol";
import type { Agent } from "../agent.ts";
import { unbackedKeys } from "../backup/unbacked-keys.ts";
import { expiriesOf } from "../clients/expiry.ts";
import { countersOf } from "../endpoints/metrics/counters.ts";
import { AGENT_VERSION } from "../version.ts";
import type { StatusAnswer } from "./answers.ts";

/** Where the agent's listeners are, and its link to a control plane. */
export interface AgentPlaces {
  readonly urls: StatusAnswer["urls"];
  readonly linked: StatusAnswer["linked"];
}

/** What this agent is and how it is, sealed or not. Public facts only. */
export function statusOf(agent: Agent, { urls, linked }: AgentPlaces): StatusAnswer {
  const { domain, tid } = agent;
  const backup = domain ? lastBackupOf(domain) : null;
  const record = domain?.keystore.domain();
  return {
    name: agent.name,
    aid: agent.identity.aid,
    tid,
    words: tid === null ? null : wordsOf(tid),
    sealed: agent.sealed,
    locked: record?.locked ?? false,
    recovering: record?.recovering ?? false,
    local: domain?.local ?? null,
    size: domain?.log.size ?? null,
    root: domain?.log.root() ?? null,
    roster: domain && rosterOf(domain),
    restored: domain && restoredOf(domain),
    links: domain && linksOf(domain),
    clock: domain && { wall: domain.guard.wall(), believed: domain.guard.time(), alarm: domain.guard.alarm() },
    denied: [...agent.deniedActs].sort(),
    kek: agent.custody.kek.kind,
    hsm: hsmOf(agent),
    shares: agent.custody.shares,
    shareSet: agent.custody.shareSet,
    linked,
    urls,
    counts: domain && { ...domain.keystore.counts(), pending: domain.admission.pending().length },
    unbacked: domain ? unbackedKeys(domain) : null,
    lastBackupAt: backup?.at ?? null,
    backups: domain && backupsOf(domain),
    witnessedAt: domain?.witnesses.witnessedAt() ?? null,
    witnesses: domain?.witnesses.status() ?? null,
    ahead: domain?.witnesses.ahead ?? null,
    lost: domain?.lost ? { heads: domain.lost.all(), forked: domain.lost.isForked, found: domain.lost.found } : null,
    disk: agent.store.disk,
    evidence: evidenceOf(domain),
    certificates: domain && certificatesOf(agent, domain),
    claim: agent.registration.state(),
    version: AGENT_VERSION,
  };
}

function evidenceOf(domain: Served | null): StatusAnswer["evidence"] {
  return (domain?.witnesses.evidence() ?? []).map(({ code, at, from, size }) => ({ code, at, from, size }));
}

function rosterOf({ rosters }: Served): StatusAnswer["roster"] {
  const { hash, roster } = rosters.current();
  return { seq: roster.seq, hash, notAfter: roster.notAfter };
}

/** Of a restored agent that nobody has accepted: the roster that its backup knew, and the newest that it has learnt of. */
export function restoredOf({ rosters, keystore, index, problem }: Served): StatusAnswer["restored"] {
  if (!keystore.domain().recovering || problem !== null) return null;
  const now = rosters.current().roster;
  const knew = rosters.at(index.learntFrom?.seq ?? now.seq)?.roster ?? now;
  return { knew: { seq: knew.seq, issued: knew.issued }, now: { seq: now.seq, issued: now.issued } };
}

function linksOf({ links }: Served): StatusAnswer["links"] {
  return links.pending().map(({ hash, roster, kind, status, due }) => ({ hash, seq: roster.seq, kind, status, due }));
}

function hsmOf({ custody: { hsm }, domain }: Agent): StatusAnswer["hsm"] {
  if (hsm === null) return null;
  const { state, code, facts } = hsm.state;
  return {
    ...{ state, code, serial: hsm.source.kek.serial, unattended: hsm.unattended },
    keys: domain?.keystore.tokenKeys ?? null,
    unsettled: domain?.hsmKeys.unsettled ?? 0,
    label: facts?.label ?? "",
    model: facts?.model ?? "",
    firmware: facts?.firmware ?? "",
    mechanisms: (facts?.mechanisms ?? []).map(mechanismName),
    pinWarning: facts === null ? null : pinWarningOf(facts),
  };
}

function backupsOf({ keystore, backups }: Served): NonNullable<StatusAnswer["backups"]> {
  const { backup, ackNewKey } = keystore.domain();
  return {
    policy: backup,
    ackNewKey,
    places: backups.places().map(({ to, newest, failing }) => ({
      ...{ name: to.name, where: describeDestination(to), newestAt: newest?.at ?? null },
      ...{ failingSince: failing?.since ?? null, code: failing?.code ?? null, fault: failing?.fault ?? null },
    })),
  };
}

function certificatesOf(agent: Agent, domain: Served): NonNullable<StatusAnswer["certificates"]> {
  const { authority, clients } = expiriesOf(domain, agent.company?.seen);
  return {
    authority: authority.notAfter,
    listeners: Object.fromEntries(countersOf(agent).certificates),
    installed: domain.installed.current !== null,
    nextClient: clients.find(({ within }) => within !== 0)?.notAfter ?? null,
    clientsWithin30Days: clients.filter(({ within }) => within !== null).length,
  };
}

type Served = NonNullable<Agent["domain"]>;

/** The newest backup that counts: when it was made, and how much of the log it holds. */
export function lastBackupOf({
  backups,
}: Pick<Served, "backups">): { readonly at: number; readonly size: number } | null {
  return backups.newest();
}
