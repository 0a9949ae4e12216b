/** What is told. A kind is part of the payload's contract: docs/spec/notices.md. */
export const NOTICE_KINDS = [
  "approvals.waiting",
  "delays.started",
  "changes.decided",
  "expiries.near",
  "agents.silent",
  "logs.forked",
  "backups.overdue",
  "control-plane.unreachable",
  "commands.refused",
  "agents.sealed",
  "disks.failing",
  "witnesses.silent",
  "notices.limited",
  "notices.test",
  "notices.confirm",
] as const;

export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** One thing that a notice is about. */
export interface NoticeItem {
  /** `command`, `key`, `client`, `administrators`, `certificate`, `agent`, `witness`, `destination` or `code`. */
  readonly kind:
    | "witness"
    | "command"
    | "key"
    | "client"
    | "administrators"
    | "certificate"
    | "agent"
    | "destination"
    | "code";
  readonly id: string;
  /** The name that people gave it; left out where it may not be told. */
  readonly name?: string;
  /** The act of a command, such as `key.destroy`. */
  readonly act?: string;
  /** When it ends, runs or was last heard, Unix seconds. */
  readonly at?: number;
  readonly code?: string;
  readonly count?: number;
}

/** Who tells: a control plane of one of its environments, or a key server of its own. */
export interface NoticeSource {
  readonly by: "control-plane" | "key-server";
  readonly environment?: string;
  readonly tid?: string;
  readonly aid?: string;
  /** The environment's or the key server's name. */
  readonly name: string;
}

/** A notice before it is written down. */
export interface Notice {
  /** The same for every try and every receiver, so that a receiver can drop what it has. */
  readonly id: string;
  readonly kind: NoticeKind;
  /** Unix seconds. */
  readonly at: number;
  readonly source: NoticeSource;
  readonly items: readonly NoticeItem[];
  /** How many more there are than `items` holds. */
  readonly more: number;
  /** Where a person looks. */
  readonly link?: string;
}

/** Most items that one notice spells out. */
export const MOST_ITEMS = 50;

/** The body of a webhook: JSON in the form of Standard Webhooks, version 1 of docs/spec/notices.md. */
export function encodeNotice(notice: Notice): string {
  const { kind, at, source, items, more, link } = notice;
  return JSON.stringify({
    type: kind,
    ver: 1,
    timestamp: new Date(at * 1000).toISOString(),
    data: { source, items, more, ...(link === undefined ? {} : { link }) },
  });
}

/** Reads back what {@link encodeNotice} wrote. Trusts: the caller's own store. */
export function decodeNotice(id: string, body: string): Notice {
  const { type, timestamp, data } = JSON.parse(body) as {
    type: NoticeKind;
    timestamp: string;
    data: Pick<Notice, "source" | "items" | "more" | "link">;
  };
  return { id, kind: type, at: Date.parse(timestamp) / 1000, ...data };
}

/** Cuts a list to what one notice spells out. */
export function cutItems(items: readonly NoticeItem[]): Pick<Notice, "items" | "more"> {
  return { items: items.slice(0, MOST_ITEMS), more: Math.max(0, items.length - MOST_ITEMS) };
}
