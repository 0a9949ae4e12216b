import type { Prisma, RosterProposal } from "../generated/client.ts";
import { notifyEvent, notifyMailbox } from "../notify.ts";
import { findNumber, secondsOf } from "../numbers.ts";
import type { Scope, TenantClient } from "../tenancy.ts";
import { type AnswerSpace, envelopeCharacters } from "./answer-space.ts";

/** A change of administrators and rules as it is put into the mailbox. */
export interface ProposedLink {
  readonly hash: string;
  readonly doc: string;
  /** The introductions that it needs, base64url. */
  readonly intros: readonly string[];
  readonly seq: number;
  readonly issued: number;
  readonly exp: number;
}

/** What a key server says of a proposed change. */
export interface LinkReport {
  readonly hash: string;
  readonly status: string;
  readonly code?: string | null | undefined;
  readonly old: { readonly have: number; readonly need: number };
  readonly new: { readonly have: number; readonly need: number };
  readonly due?: number | null | undefined;
  /** The change, so that one proposed elsewhere can be told of. */
  readonly link?: ProposedLink | undefined;
}

const FINAL: readonly string[] = ["applied", "cancelled", "expired", "refused", "withdrawn"];
const MOST_LISTED = 100;
const MOST_IN_MAIL = 8;

/** Puts a change into the mailbox and wakes the key servers. One that is there already stays as it is. */
export async function proposeLink(
  tx: TenantClient,
  scope: Scope,
  { link, proposedBy }: { readonly link: ProposedLink; readonly proposedBy: string },
): Promise<void> {
  await tx.rosterProposal.createMany({ data: [{ ...scope, ...toData(link), proposedBy }], skipDuplicates: true });
  await notifyMailbox(tx, scope);
  await notifyEvent(tx, scope, "roster");
}

/** Takes a change back that nobody has approved, as far as the mailbox can. */
export async function withdrawLink(tx: TenantClient, scope: Scope, hash: string): Promise<boolean> {
  const withdrawn = await tx.rosterProposal.updateMany({
    where: { ...scope, hash, status: "open", haveOld: 0, haveNew: 0 },
    data: { status: "withdrawn", decidedAt: new Date() },
  });
  if (withdrawn.count === 0) return false;
  await notifyMailbox(tx, scope);
  await notifyEvent(tx, scope, "roster");
  return true;
}

/** Proposed changes, newest first; one that ran out says so, whoever noticed. */
export async function listLinks(tx: TenantClient, scope: Scope, now: number) {
  const rows = await tx.rosterProposal.findMany({
    where: { ...scope },
    orderBy: [{ proposedAt: "desc" }, { hash: "desc" }],
    take: MOST_LISTED,
  });
  return rows.map((row) => toRow(row, now));
}

/** How many changes of the list in force wait for approvals, or for their delay. */
export async function countWaitingLinks(tx: TenantClient, scope: Scope, now: number): Promise<number> {
  const newest = await tx.rosterLink.findFirst({
    where: { ...scope },
    orderBy: { seq: "desc" },
    select: { seq: true },
  });
  const isOpen = { status: "open", exp: { gt: now }, ...(newest === null ? {} : { seq: newest.seq + 1n }) };
  return tx.rosterProposal.count({ where: { ...scope, OR: [isOpen, { status: "scheduled" }] } });
}

/** How many changes wait for approvals. */
export function countOpenLinks(tx: TenantClient, scope: Scope, now: number): Promise<number> {
  return tx.rosterProposal.count({ where: { ...scope, status: "open", exp: { gt: now } } });
}

/** Changes that wait for a key server that knows some already; each is marked as handed out. */
export async function takeLinks(
  tx: TenantClient,
  scope: Scope,
  taker: { readonly known: readonly string[]; readonly now: number; readonly space: AnswerSpace },
): Promise<readonly { readonly hash: string; readonly doc: string; readonly intros: readonly string[] }[]> {
  const found = await tx.rosterProposal.findMany({
    where: { ...scope, status: "open", exp: { gt: taker.now }, hash: { notIn: [...taker.known] } },
    orderBy: [{ proposedAt: "asc" }, { hash: "asc" }],
    select: { hash: true, doc: true, intros: true },
    take: MOST_IN_MAIL,
  });
  const links = taker.space.take(
    found.map(({ hash, doc, intros }) => ({ hash, doc, intros: textsOf(intros) })),
    ({ doc, intros }) => envelopeCharacters(doc, ...intros),
  );
  if (links.length > 0) {
    await tx.rosterProposal.updateMany({
      where: { ...scope, hash: { in: links.map(({ hash }) => hash) }, deliveredAt: null },
      data: { deliveredAt: new Date() },
    });
  }
  return links;
}

/** Brings a change to what is reported of it; what is decided stays decided. @returns whether anything changed */
export async function reportLink(tx: TenantClient, scope: Scope, report: LinkReport): Promise<boolean> {
  const { hash, status, link } = report;
  const key = { tenantId_environmentId_hash: { ...scope, hash } };
  const known = await tx.rosterProposal.findUnique({ where: key });
  const facts = {
    status,
    ...(report.code === undefined ? {} : { code: report.code }),
    ...{ haveOld: report.old.have, needOld: report.old.need, haveNew: report.new.have, needNew: report.new.need },
    ...(report.due === undefined ? {} : { due: report.due }),
    ...(FINAL.includes(status) ? { decidedAt: new Date() } : {}),
  };
  if (known === null) {
    if (link === undefined) return false;
    await tx.rosterProposal.create({ data: { ...scope, ...toData(link), ...facts, deliveredAt: new Date() } });
    return true;
  }
  const isDecided = FINAL.includes(known.status) && (known.status !== "withdrawn" || status === "open");
  if (isDecided || (known.status === "scheduled" && status === "open")) return false;
  await tx.rosterProposal.update({ where: key, data: facts });
  return true;
}

/** What the log says became of a change. */
export interface LinkConclusion {
  readonly hash: string;
  readonly status: string;
  readonly code: string | null;
  readonly due: number | null;
  /** The change itself, where the entry carries it. */
  readonly link: ProposedLink | null;
}

/** Brings a change to what the log says of it, whatever was told before. */
export async function concludeLink(
  tx: TenantClient,
  scope: Scope,
  { hash, status, code, due, link }: LinkConclusion,
): Promise<void> {
  const key = { tenantId_environmentId_hash: { ...scope, hash } };
  const facts = { status, code, ...(due === null ? {} : { due }) };
  const known = await tx.rosterProposal.findUnique({ where: key });
  const decided = FINAL.includes(status) ? { decidedAt: known?.decidedAt ?? new Date() } : {};
  if (known !== null) await tx.rosterProposal.update({ where: key, data: { ...facts, ...decided } });
  else if (link !== null)
    await tx.rosterProposal.create({
      data: { ...scope, ...toData(link), ...facts, ...decided, deliveredAt: new Date() },
    });
}

/** What newcomers gave to a key server, as a change can name it. */
export interface KeptIntroduction {
  readonly hash: string;
  readonly doc: string;
  readonly until: number;
}

/** Makes the list of introductions what a key server says it is now. @returns whether it changed */
export async function putIntroductions(
  tx: TenantClient,
  scope: Scope,
  given: readonly KeptIntroduction[],
): Promise<boolean> {
  const hashes = given.map(({ hash }) => hash);
  const gone = await tx.introduction.deleteMany({ where: { ...scope, hash: { notIn: hashes } } });
  const data = given.map((each) => ({ ...scope, ...each }));
  const added = await tx.introduction.createMany({ data, skipDuplicates: true });
  return gone.count + added.count > 0;
}

/** Introductions that a change may name now, oldest first. */
export async function listIntroductions(tx: TenantClient, scope: Scope, now: number): Promise<KeptIntroduction[]> {
  const rows = await tx.introduction.findMany({
    where: { ...scope, until: { gt: now } },
    orderBy: [{ receivedAt: "asc" }, { hash: "asc" }],
    take: MOST_LISTED,
  });
  return rows.map(({ hash, doc, until }) => ({ hash, doc, until: Number(until) }));
}

function toData({ hash, doc, intros, seq, issued, exp }: ProposedLink) {
  return { hash, doc, intros: [...intros] as Prisma.InputJsonValue, seq, issued, exp };
}

function toRow(row: RosterProposal, now: number) {
  return {
    hash: row.hash,
    doc: row.doc,
    intros: textsOf(row.intros),
    status: row.status === "open" && row.exp <= now ? "expired" : row.status,
    code: row.code,
    old: { have: row.haveOld, need: row.needOld },
    new: { have: row.haveNew, need: row.needNew },
    delivered: row.deliveredAt !== null,
    due: findNumber(row.due),
    proposedAt: secondsOf(row.proposedAt),
  };
}

function textsOf(value: Prisma.JsonValue): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}
