import type { Leaf } from "@holdfast/protocol";

/** Use of one key by one client, summed from the log's roll-ups. */
export interface UsageRecord {
  readonly client: string;
  readonly count: number;
  readonly bytes: number;
  /** Unix seconds, to the minute. */
  readonly lastAt: number;
  /** Uses on each of its newest days (days since 1970), for what is asked of the last 30. */
  readonly days: ReadonlyMap<number, number>;
}

/** Use by key id, then by client id: plain data. */
export type UseOnRecord = Map<string, Map<string, UsageRecord>>;

/** Use of a key by a client in the last 30 days. */
export interface RecentUse {
  readonly client: string;
  /** Unix seconds, to the minute. */
  readonly lastAt: number;
  readonly count: number;
}

/** What a `use` entry carries. */
interface UseData {
  readonly minute: number;
  readonly ops: Readonly<Record<string, number>>;
  readonly bytes: number;
}

/** How long use counts as recent: 30 days. */
const RECENT_USE_SECONDS = 30 * 86_400;
const DAYS_KEPT = 31;

/** Operations that spend one of a key version's encryptions. */
const ENCRYPTING = ["encrypt", "datakey", "reencrypt"];

/** Takes a `use` entry in. @returns how many encryptions it spent. */
export function noteUse(use: UseOnRecord, { subject, actor, data }: Leaf): number {
  const { minute, ops, bytes } = data as unknown as UseData;
  const client = actor.kind === "client" ? actor.id : "";
  const byClient = use.get(subject) ?? new Map<string, UsageRecord>();
  const before = byClient.get(client);
  const count = sumOf(Object.values(ops));
  const day = Math.floor((minute * 60) / 86_400);
  const days = new Map([...(before?.days ?? [])].filter(([each]) => each > day - DAYS_KEPT));
  days.set(day, (days.get(day) ?? 0) + count);
  byClient.set(client, {
    days,
    client,
    count: (before?.count ?? 0) + count,
    bytes: (before?.bytes ?? 0) + bytes,
    lastAt: Math.max(before?.lastAt ?? 0, minute * 60),
  });
  use.set(subject, byClient);
  return sumOf(ENCRYPTING.map((operation) => ops[operation] ?? 0));
}

/** Use of a key by client, newest first. */
export function usageOf(use: UseOnRecord, keyId: string): UsageRecord[] {
  return [...(use.get(keyId)?.values() ?? [])].sort((a, b) => b.lastAt - a.lastAt);
}

/** Use of a key in the 30 days before a time, by client, newest first. */
export function recentUseOf(use: UseOnRecord, keyId: string, now: number): RecentUse[] {
  const since = now - RECENT_USE_SECONDS;
  return usageOf(use, keyId)
    .filter(({ lastAt }) => lastAt > since)
    .map(({ client, lastAt, days }) => {
      const counts = [...days].filter(([day]) => (day + 1) * 86_400 > since).map(([, count]) => count);
      return { client, lastAt, count: sumOf(counts) };
    });
}

/** When a client last used any key, Unix seconds; null if never. */
export function lastUseOf(use: UseOnRecord, clientId: string): number | null {
  let last: number | null = null;
  for (const byClient of use.values()) {
    const at = byClient.get(clientId)?.lastAt ?? null;
    if (at !== null && (last === null || at > last)) last = at;
  }
  return last;
}

const sumOf = (counts: readonly number[]): number => counts.reduce((sum, each) => sum + each, 0);
