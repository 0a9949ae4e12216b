import {
  type AgentCondition,
  alarmsSince,
  commandsToTell,
  decisionsSince,
  endingBetween,
  findNewestRoster,
  linksToTell,
  listAgents,
  listChannels,
  namesOf,
  type Scope,
  type TenantClient,
} from "@holdfast/db";
import {
  DECIDED_KINDS,
  decidedItem,
  EXPIRY_SECONDS,
  expiryStage,
  type NoticeItem,
  type NoticeKind,
} from "@holdfast/notices";
import { decodeBase64url, HoldfastError, parseRoster, type Roster } from "@holdfast/protocol";

/** One thing to tell, and what marks it as told. */
export interface Finding {
  readonly kind: NoticeKind;
  /** Says the same as long as it is the same thing: told once. */
  readonly subject: string;
  readonly item: NoticeItem;
}

/** When a key server counts as silent: it asks for mail every 25 seconds. */
export const SILENT_SECONDS = 300;
/** How long keys may be in no backup. */
const BACKUP_SECONDS = 86_400;
const WEEK = 7 * 86_400;
/** An alarm is told for as long as the dashboard shows it. */
const ALARM_MS = WEEK * 1000;

/** When and since when the one who looks has been there. */
export interface Look {
  /** Unix seconds. */
  readonly now: number;
  /** When this control plane's worker began: before, it heard nobody and can say of nobody that they are silent. */
  readonly since: number;
}

/** Everything that is worth a notice now. */
export async function findNotices(tx: TenantClient, scope: Scope, look: Look): Promise<Finding[]> {
  const found = [
    ...(await findCommands(tx, scope, look)),
    ...(await findLinks(tx, scope, look)),
    ...(await findDecided(tx, scope, look)),
    ...(await findEnds(tx, scope, look)),
    ...(await findAgents(tx, scope, look)),
    ...(await findAlarms(tx, scope, look)),
  ];
  const names = await namesOf(tx, scope, [...new Set(found.map(({ item }) => item.id))]);
  return found.map((finding) => {
    const name = names.get(finding.item.id);
    return name === undefined ? finding : { ...finding, item: { ...finding.item, name } };
  });
}

async function findCommands(tx: TenantClient, scope: Scope, { now }: Look): Promise<Finding[]> {
  const rows = await commandsToTell(tx, scope, now);
  return rows.map(({ hash, act, subject, status, exp, due }) => {
    const waits = status === "open";
    const at = waits ? exp : due;
    const about: NoticeItem = {
      kind: subject === null ? "command" : subject.startsWith("c_") ? "client" : "key",
      id: subject ?? hash,
    };
    return {
      kind: waits ? "approvals.waiting" : "delays.started",
      subject: hash,
      item: { ...about, act, ...(at === null ? {} : { at }) },
    };
  });
}

/** Changes of administrators and rules, which are no commands. */
async function findLinks(tx: TenantClient, scope: Scope, { now }: Look): Promise<Finding[]> {
  const rows = await linksToTell(tx, scope, now);
  return rows.map(({ hash, doc, status, exp, due }) => ({
    kind: status === "open" ? "approvals.waiting" : "delays.started",
    subject: hash,
    item: { kind: "administrators", id: hash, act: actOf(doc), at: status === "open" ? exp : (due ?? exp) },
  }));
}

/** What stands in the log since somebody is there to be told; older than a week it is old news. */
async function findDecided(tx: TenantClient, scope: Scope, { now }: Look): Promise<Finding[]> {
  const channels = await listChannels(tx, scope);
  const first = Math.min(...channels.map(({ createdAt }) => Math.floor(createdAt.getTime() / 1000)));
  if (channels.length === 0) return [];
  const rows = await decisionsSince(tx, scope, DECIDED_KINDS, Math.max(first, now - WEEK));
  return rows.flatMap(({ n, leaf }): Finding[] => {
    const item = decidedItem(leaf);
    return item === null ? [] : [{ kind: "changes.decided", subject: `${n}`, item }];
  });
}

function actOf(doc: string): string {
  return readRoster(doc)?.recover === true ? "roster.recover" : "roster.update";
}

/** A roster's bytes; null for what is none. */
function readRoster(doc: string): Roster | null {
  try {
    return parseRoster(decodeBase64url(doc));
  } catch (error) {
    if (error instanceof HoldfastError) return null;
    throw error;
  }
}

async function findEnds(tx: TenantClient, scope: Scope, { now }: Look): Promise<Finding[]> {
  const window = { since: now - WEEK, until: now + EXPIRY_SECONDS };
  const { keys, clients } = await endingBetween(tx, scope, window);
  const administrators = await findRosterEnd(tx, scope);
  return [
    ...keys.map(({ id, at }) => ({ kind: "key" as const, id, at })),
    ...clients.map(({ id, at }) => ({ kind: "client" as const, id, at })),
    ...(administrators === null ? [] : [{ kind: "administrators" as const, ...administrators }]),
  ].flatMap((item) => {
    const stage = expiryStage(item.at, now);
    const subject = `${item.id} ${item.at} ${stage}`;
    return stage === null ? [] : [{ kind: "expiries.near" as const, subject, item }];
  });
}

async function findRosterEnd(tx: TenantClient, scope: Scope): Promise<{ id: string; at: number } | null> {
  const newest = await findNewestRoster(tx, scope, undefined);
  const doc = (newest?.link as { doc?: unknown } | undefined)?.doc;
  const roster = typeof doc === "string" ? readRoster(doc) : null;
  return newest === null || roster === null ? null : { id: newest.hash, at: roster.notAfter };
}

async function findAgents(tx: TenantClient, scope: Scope, { now, since }: Look): Promise<Finding[]> {
  const agents = await listAgents(tx, scope);
  const week = Math.floor(now / WEEK);
  return agents.flatMap((agent): Finding[] => {
    const { aid, name, lastSeenAt, sealed, backupFailing, unbacked, backupAt, enrolledAt, conditions } = agent;
    const item: NoticeItem = { kind: "agent", id: aid, name };
    const found: Finding[] = [];
    const heard = Math.max(lastSeenAt ?? 0, since);
    // A sealed one says nothing: that it is sealed is told.
    if (!sealed && lastSeenAt !== null && now - heard > SILENT_SECONDS)
      found.push({ kind: "agents.silent", subject: `${aid} ${lastSeenAt}`, item: { ...item, at: lastSeenAt } });
    if (sealed) found.push({ kind: "agents.sealed", subject: `${aid} ${week}`, item });
    found.push(...conditions.flatMap((condition) => diskNotice(condition, item, week)));
    const overdue = (unbacked ?? 0) > 0 && now - (backupAt ?? enrolledAt) > BACKUP_SECONDS;
    if (backupFailing !== null || overdue) {
      const what = { ...(backupAt === null ? {} : { at: backupAt }), ...(unbacked ? { count: unbacked } : {}) };
      found.push({ kind: "backups.overdue", subject: `${aid} ${week}`, item: { ...item, ...what } });
    }
    return found;
  });
}

/** A disk that failed is told once a day, one in doubt once a week as long as that lasts, like the key server itself does. */
function diskNotice({ kind, at = 0, count = 0 }: AgentCondition, agent: NoticeItem, week: number): Finding[] {
  const item = { ...agent, at, count };
  if (kind === "disk.failed")
    return [{ kind: "disks.failing", subject: `${agent.id} failed ${Math.floor(at / 86_400)}`, item }];
  if (kind !== "disk.doubtful") return [];
  return [{ kind: "disks.failing", subject: `${agent.id} doubtful ${at} ${week}`, item: { ...item, code: "E_STORE" } }];
}

async function findAlarms(tx: TenantClient, scope: Scope, { now }: Look): Promise<Finding[]> {
  const rows = await alarmsSince(tx, scope, new Date(now * 1000 - ALARM_MS));
  return rows.map(({ id, aid, code, raisedAt }) => ({
    kind: "logs.forked",
    subject: id,
    item: { kind: "agent", id: aid ?? "", code, at: raisedAt },
  }));
}
