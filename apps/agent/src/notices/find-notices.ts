import { expiryStage, type NoticeItem, type NoticeKind } from "@holdfast/notices";
import { periodEnds } from "@holdfast/protocol";
import type { WaitingCommand } from "../admission/pending-command.ts";
import type { Agent } from "../agent.ts";
import { unbackedKeys } from "../backup/unbacked-keys.ts";
import { expiriesOf } from "../clients/expiry.ts";
import type { LinkStatus } from "../control-link/control-link.ts";
import type { Domain } from "../domain.ts";
import { countersOf } from "../endpoints/metrics/counters.ts";

/** One thing to tell, and what marks it as told. */
export interface Finding {
  readonly kind: NoticeKind;
  readonly subject: string;
  readonly item: NoticeItem;
  /** A proposal that nobody has signed: anybody who reaches the mailbox makes these. */
  readonly unsigned?: boolean;
}

/** What a look takes into account. */
export interface Look {
  readonly agent: Agent;
  readonly link: LinkStatus | null;
  /** Unix seconds. */
  readonly now: number;
  /** When this process began to serve. */
  readonly since: number;
  /** Since when it is sealed; null while it is not. */
  readonly sealedSince: number | null;
  /** Whether to look for what ends as well. */
  readonly ends: boolean;
}

/** Long polls end after 25 seconds. */
const UNREACHABLE_SECONDS = 600;
const BACKUP_SECONDS = 86_400;
const WEEK = 7 * 86_400;
/** What is refused once in a while is not worth a message; so much within ten minutes is. */
export const MANY_REFUSALS = 20;
const REFUSAL_MINUTES = 10;
/** Counted for every approval of several: no sign of anything. */
const HARMLESS: ReadonlySet<string> = new Set(["E_QUORUM"]);

/** Everything that this key server finds worth telling now. */
export function findNotices(look: Look): Finding[] {
  const { domain } = look.agent;
  return [
    ...sealed(look),
    ...refusals(look),
    ...pagesNotServed(look),
    ...disk(look),
    ...(domain === null
      ? []
      : [
          ...unreachable(look),
          ...commands(domain),
          ...links(domain),
          ...(look.ends ? ends(look, domain) : []),
          ...records(domain),
          ...witnessed(look, domain),
          ...backups(look, domain),
        ]),
  ];
}

function sealed({ agent, now, sealedSince }: Look): Finding[] {
  if (sealedSince === null || agent.tid === null) return [];
  return [{ kind: "agents.sealed", subject: episode(sealedSince, now), item: itself(agent) }];
}

function unreachable({ agent, link, now, since }: Look): Finding[] {
  if (link === null) return [];
  const heard = Math.max(link.connectedAt ?? 0, since);
  if (now - heard <= UNREACHABLE_SECONDS) return [];
  return [{ kind: "control-plane.unreachable", subject: `${heard}`, item: { ...itself(agent), at: heard } }];
}

function refusals({ agent, now }: Look): Finding[] {
  return [...agent.refusals.recent(REFUSAL_MINUTES)]
    .filter(([code, count]) => count >= MANY_REFUSALS && !HARMLESS.has(code))
    .map(([code, count]) => ({
      kind: "commands.refused",
      subject: `${code} ${Math.floor(now / 3_600)}`,
      item: { kind: "code", id: code, count },
    }));
}

/** Names of the approval page whose certificate, or what else they need, cannot be used: told once a day. */
function pagesNotServed({ agent, now }: Look): Finding[] {
  return [...countersOf(agent).pagesNotServed].map(([name, code]) => ({
    kind: "expiries.near",
    subject: `page ${name} ${code} ${Math.floor(now / 86_400)}`,
    item: { kind: "certificate", id: "page", name, code },
  }));
}

/** A disk that failed is told once a day, one whose store is in doubt as long as that lasts. */
function disk({ agent, now }: Look): Finding[] {
  const { failures, failedAt, doubtfulSince } = agent.store.disk;
  const item = { ...itself(agent), count: failures };
  if (doubtfulSince !== null)
    return [
      {
        kind: "disks.failing",
        subject: `doubtful ${episode(doubtfulSince, now)}`,
        item: { ...item, at: doubtfulSince, code: "E_STORE" },
      },
    ];
  if (failedAt === null) return [];
  return [
    { kind: "disks.failing", subject: `failed ${Math.floor(failedAt / 86_400)}`, item: { ...item, at: failedAt } },
  ];
}

function commands({ admission, keystore }: Domain): Finding[] {
  return admission.waiting().map((waiting) => {
    const { hash, command, due, unsigned } = waiting;
    const item = { ...subjectOf(waiting, keystore), act: command.act, at: due ?? command.exp };
    return { kind: due === null ? "approvals.waiting" : "delays.started", subject: hash, item, unsigned };
  });
}

/** Changes of administrators and rules, which are no commands. */
function links({ links }: Domain): Finding[] {
  return links.pending().map(({ hash, due, exp, kind, origin, approvals }) => ({
    kind: due === null ? "approvals.waiting" : "delays.started",
    subject: hash,
    item: { kind: "administrators", id: hash, act: `roster.${kind}`, at: due ?? exp },
    unsigned: due === null && origin === "mailbox" && approvals.length === 0,
  }));
}

/** What a command is about, by the agent's own name of it. */
function subjectOf({ hash, command: { target } }: WaitingCommand, keystore: Domain["keystore"]): NoticeItem {
  if (target?.kind === "key") return named("key", target.keyId, keystore.findKey(target.keyId)?.label);
  if (target?.kind === "client") return named("client", target.client, keystore.findClient(target.client)?.label);
  return { kind: "command", id: hash };
}

function ends({ agent, now }: Look, domain: Domain): Finding[] {
  const { roster, hash } = domain.rosters.current();
  const { authority, installed, clients } = expiriesOf(domain, agent.company?.seen);
  const page = countersOf(agent).certificates.get("page");
  const items: (NoticeItem & { at: number })[] = [
    { kind: "administrators", id: hash, at: roster.notAfter },
    { kind: "certificate", id: "authority", at: authority.notAfter },
    ...(installed === null ? [] : [{ kind: "certificate" as const, id: "listener", at: installed.notAfter }]),
    ...(page === undefined ? [] : [{ kind: "certificate" as const, id: "page", at: page }]),
    ...clients.map(({ client, notAfter }) => ({ ...named("client", client.id, client.label), at: notAfter })),
  ];
  for (const { id, label, state, dates, current, versions } of domain.keystore.keys()) {
    if (state !== "active") continue;
    const made = versions.find(({ version }) => version === current)?.createdAt ?? dates.created;
    const at = periodEnds(dates, made).due;
    if (at !== undefined) items.push({ ...named("key", id, label), at });
  }
  return items.flatMap((item) => {
    const stage = expiryStage(item.at, now);
    return stage === null ? [] : [{ kind: "expiries.near", subject: `${item.id} ${item.at} ${stage}`, item }];
  });
}

/** A log or a row that is not what was signed: another history, an older disk, a clone. */
function records({ problem, keystore, aid }: Domain): Finding[] {
  return [
    ...(problem === null
      ? []
      : [{ kind: "logs.forked" as const, subject: problem, item: { kind: "agent" as const, id: aid, code: problem } }]),
    ...keystore.lockedObjects().map(({ id, kind, code }) => ({
      kind: "logs.forked" as const,
      subject: `${id} ${code}`,
      item: { kind: kind === "client" ? ("client" as const) : ("key" as const), id, code },
    })),
  ];
}

/** What others who remember the log have found, and those that say nothing. */
function witnessed({ now }: Look, { witnesses }: Domain): Finding[] {
  return [
    ...witnesses.evidence().map(({ code, from, size, at }) => ({
      kind: "logs.forked" as const,
      subject: `${code} ${from} ${size} ${at}`,
      item: { kind: "witness" as const, id: from, code, at },
    })),
    ...witnesses
      .status()
      .filter(({ silent }) => silent)
      .map(({ name, cosignedAt }) => ({
        kind: "witnesses.silent" as const,
        subject: `${name} ${episode(cosignedAt ?? 0, now)}`,
        item: { kind: "witness" as const, id: name, ...(cosignedAt === null ? {} : { at: cosignedAt }) },
      })),
  ];
}

function backups({ agent, now, since }: Look, domain: Domain): Finding[] {
  const failing = domain.backups.places().flatMap(({ to, failing: trouble }): Finding[] => {
    if (trouble === null) return [];
    const item = { kind: "destination" as const, id: to.name, at: trouble.since, code: trouble.code };
    return [{ kind: "backups.overdue", subject: `${to.name} ${episode(trouble.since, now)}`, item }];
  });
  const unbacked = unbackedKeys(domain);
  const last = domain.backups.newest();
  const newest = last?.at ?? since;
  if (unbacked === 0 || now - newest <= BACKUP_SECONDS) return failing;
  return [
    ...failing,
    {
      kind: "backups.overdue",
      subject: `keys ${last === null ? episode(0, now) : episode(newest, now)}`,
      item: { ...itself(agent), count: unbacked, at: newest },
    },
  ];
}

/** Tells what lasts once when it begins and once a week after, and again what ended and began anew. */
function episode(since: number, now: number): string {
  return `${since} ${since === 0 ? Math.floor(now / WEEK) : Math.floor((now - since) / WEEK)}`;
}

function itself(agent: Agent): NoticeItem {
  return { kind: "agent", id: agent.identity.aid, name: agent.name };
}

function named(kind: "key" | "client", id: string, label: string | undefined): NoticeItem {
  return label === undefined ? { kind, id } : { kind, id, name: label };
}
