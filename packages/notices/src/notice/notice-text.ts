import type { Notice, NoticeItem, NoticeKind } from "./notice.ts";
import { plainLine } from "./plain-text.ts";

/** A notice as a person reads it: one line, and lines below it. Plain text, whatever names hold. */
export interface NoticeText {
  readonly subject: string;
  readonly text: string;
}

interface Words {
  readonly title: string;
  readonly means: string;
}

const WORDS: Readonly<Record<NoticeKind, Words>> = {
  "approvals.waiting": {
    title: "Approvals wait",
    means: "These commands wait for administrators. Nothing happens before.",
  },
  "delays.started": {
    title: "A delay runs",
    means:
      "These were approved and run by themselves when their delay is over. Until then any administrator can stop them; a recovery by replacement keys once, or not at all: its page says which.",
  },
  "changes.decided": {
    title: "A change of trust was decided",
    means:
      "This is in force, or was stopped or refused, and stands in the custody log. Ask at once about what you do not know of.",
  },
  "expiries.near": { title: "Something ends soon", means: "These end soon, have just ended, or cannot be used." },
  "agents.silent": {
    title: "A key server is silent",
    means: "These key servers have not been heard since. Keys may be served all the same.",
  },
  "logs.forked": {
    title: "A log does not fit",
    means: "A log or record does not fit what was signed before. Approve nothing until you know why.",
  },
  "backups.overdue": { title: "Backups are overdue", means: "Backups fail, or keys are in none." },
  "control-plane.unreachable": {
    title: "The control plane is silent",
    means:
      "The key server has not reached its control plane since. Keys are served without it; approve at the key server's page.",
  },
  "commands.refused": { title: "Many refusals", means: "The key server refused this much within a short time." },
  "agents.sealed": { title: "A key server is sealed", means: "No key can be used until it is unsealed." },
  "disks.failing": {
    title: "A key server's disk fails",
    means:
      "The disk did not make something durable. With the code E_STORE nothing is changed or handed out until it does; without, all was written again. Replace the disk.",
  },
  "witnesses.silent": {
    title: "A witness is silent",
    means: "These witnesses have not vouched for the log since. The fewer do, the less an older disk would be noticed.",
  },
  "notices.limited": {
    title: "Notices are held back",
    means: "There were too many in one day. Look at the dashboard or the key server itself.",
  },
  "notices.test": { title: "A test", means: "Somebody asked for this message. Notices reach you." },
  "notices.confirm": {
    title: "Confirm this address",
    means: "Somebody wants notices of this environment sent to you. If that is right, give them the code below.",
  },
};

const NOUN: Readonly<Record<NoticeItem["kind"], string>> = {
  command: "command",
  key: "key",
  client: "client",
  administrators: "list of administrators",
  certificate: "certificate",
  agent: "key server",
  witness: "witness",
  destination: "backup destination",
  code: "code",
};

/** What a kind is called on pages and in mails. */
export function noticeTitle(kind: NoticeKind): string {
  return WORDS[kind].title;
}

/** The mail of a notice. */
export function noticeText(notice: Notice): NoticeText {
  const { kind, source, items, more, at, link } = notice;
  const { title, means } = WORDS[kind];
  const from = plainLine(source.name);
  const told = source.by === "key-server" ? "Told by the key server itself" : "Told by the control plane";
  const lines = [
    means,
    "",
    ...items.map((item) => `- ${itemLine(item)}`),
    ...(more > 0 ? [`- and ${more} more`] : []),
    ...(items.length > 0 || more > 0 ? [""] : []),
    ...(link === undefined ? [] : [plainLine(link), ""]),
    `${told} (${from}), ${timeText(at)}. Notice ${plainLine(notice.id)}.`,
  ];
  return { subject: `Holdfast: ${title}${gist(items, more)} (${from})`, text: `${lines.join("\n")}\n` };
}

/** Longest name in a subject. */
const LONGEST_NAME = 60;

/** What a subject says beyond its title: the one thing that it is about, or how many there are. */
function gist(items: readonly NoticeItem[], more: number): string {
  const [item] = items;
  if (item === undefined) return "";
  if (items.length + more > 1) return `, ${items.length + more} of them`;
  const { kind, name, act, at, code } = item;
  const cut = name !== undefined && name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name;
  const parts = [
    ...(kind === "code" ? [plainLine(item.id)] : [act === undefined ? NOUN[kind] : plainLine(act)]),
    ...(cut === undefined ? [] : [`"${plainLine(cut)}"`]),
    ...(code === undefined ? [] : [plainLine(code)]),
  ];
  return `: ${parts.join(" ")}${at === undefined ? "" : `, ${timeText(at)}`}`;
}

function itemLine({ kind, id, name, act, at, code, count }: NoticeItem): string {
  const parts = [
    act === undefined ? NOUN[kind] : `${plainLine(act)} on`,
    ...(name === undefined ? [] : [`"${plainLine(name)}"`]),
    plainLine(id),
    ...(count === undefined ? [] : [`× ${count}`]),
    ...(at === undefined ? [] : [timeText(at)]),
    ...(code === undefined ? [] : [plainLine(code)]),
  ];
  return parts.join(" ");
}

function timeText(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
