import {
  addNotice,
  countNotices,
  findEnvironment,
  listChannels,
  lockNotices,
  type Scope,
  type TenantClient,
  toldSubjects,
  uuidV7,
} from "@holdfast/db";
import { cutItems, encodeNotice, type Notice, type NoticeItem, type NoticeKind } from "@holdfast/notices";
import type { Finding } from "./find-notices.ts";

/** Most notices that an organisation's environments may have together in a day. */
export const MOST_A_DAY = 500;
const DAY_MS = 86_400_000;

/** Where pages are. */
export interface Pages {
  readonly origin: string;
  /** Unix seconds. */
  readonly now: number;
}

/**
 * Writes down what has not been told yet, one notice a kind, for every receiver that wants it. Beyond the day's quota one
 * notice says so; what was held back is told once there is room, if it still is so.
 *
 * @returns how many were written
 */
export async function writeNotices(
  tx: TenantClient,
  scope: Scope,
  found: readonly Finding[],
  pages: Pages,
): Promise<number> {
  await lockNotices(tx, scope);
  const told = await toldSubjects(tx, scope);
  const fresh = found.filter(({ kind, subject }) => !told.has(`${kind} ${subject}`));
  const kinds = [...new Set(fresh.map(({ kind }) => kind))];
  let room = MOST_A_DAY - (await countNotices(tx, scope.tenantId, startOfDay(pages.now)));
  let written = 0;
  for (const kind of kinds) {
    const ofKind = fresh.filter((finding) => finding.kind === kind);
    if (room < 1) {
      const day = String(Math.floor((pages.now * 1000) / DAY_MS));
      if (room === 0 && !told.has(`notices.limited ${day}`)) await write(tx, scope, limitedNotice(day), pages);
      return written;
    }
    await write(
      tx,
      scope,
      { kind, subjects: ofKind.map(({ subject }) => subject), items: ofKind.map(({ item }) => item) },
      pages,
    );
    room -= 1;
    written += 1;
  }
  return written;
}

/** Writes one notice to one receiver, whatever it wants: a test, or the code that confirms it. */
export async function writeTo(
  tx: TenantClient,
  scope: Scope,
  channelId: string,
  kind: "notices.test" | "notices.confirm",
  pages: Pages,
) {
  await write(tx, scope, { kind, subjects: [], items: [], only: channelId }, pages);
}

interface Draft {
  readonly kind: NoticeKind;
  readonly subjects: readonly string[];
  readonly items: readonly NoticeItem[];
  readonly only?: string;
}

function limitedNotice(day: string): Draft {
  return { kind: "notices.limited", subjects: [day], items: [] };
}

async function write(
  tx: TenantClient,
  scope: Scope,
  { kind, subjects, items, only }: Draft,
  { origin, now }: Pages,
): Promise<void> {
  const { tenantId, environmentId } = scope;
  const environment = await findEnvironment(tx, scope);
  if (environment === null) return;
  const { name, tid } = environment;
  const channels = await listChannels(tx, scope);
  const wanted = channels.filter(({ id, kinds, confirmedAt }) =>
    only === undefined ? confirmedAt !== null && (kinds.includes(kind) || kind === "notices.limited") : id === only,
  );
  const notice: Notice = {
    id: uuidV7(),
    kind,
    at: now,
    source: { by: "control-plane", environment: environmentId, ...(tid === null ? {} : { tid }), name },
    ...cutItems(items),
    link: `${origin}/${tenantId}/${environmentId}/${PAGE_OF[kind] ?? ""}`,
  };
  const row = { id: notice.id, kind, subjects, body: encodeNotice(notice) };
  await addNotice(tx, scope, { ...row, channels: wanted.map(({ id }) => id) });
}

/** The page that shows what a kind tells of. */
const PAGE_OF: Partial<Record<NoticeKind, string>> = {
  "approvals.waiting": "approvals",
  "delays.started": "approvals",
  "changes.decided": "log",
  "expiries.near": "coming-due",
  "agents.silent": "servers",
  "agents.sealed": "servers",
  "disks.failing": "servers",
  "backups.overdue": "backups",
  "notices.test": "settings/notices",
  "notices.confirm": "settings/notices",
};

function startOfDay(now: number): Date {
  return new Date(Math.floor((now * 1000) / DAY_MS) * DAY_MS);
}
