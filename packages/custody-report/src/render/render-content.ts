import type { Facts } from "../model/facts.ts";
import { findAttention } from "./find-attention.ts";
import { printable } from "./printable.ts";
import { firstKeysTable, renderTables } from "./render-tables.ts";
import type { AttentionItem, Note, ReportContent, ReportTable, Share, Tone } from "./report-content.ts";
import { count, day, days, minute, number } from "./words.ts";

/** What every report of this kind is called: it promises no more than it is. */
export const REPORT_TITLE = "Evidence extract, not a compliance assessment";

const FIRST_ATTENTION = 6;
const FIRST_KEYS = 6;

/**
 * All words of a report, from facts alone: the agent draws them, and a verifier derives the same and compares.
 *
 * @see docs/spec/custody-report.md
 */
export function renderContent(facts: Facts): ReportContent {
  const { tid, period } = facts;
  const from = day(period.from);
  const to = day(period.to);
  const content: ReportContent = {
    title: REPORT_TITLE,
    scope: `${facts.signer.label} · ${from === to ? to : `${from} – ${to}`}`,
    headline: headline(facts),
    summary: summary(facts),
    attention: firstAttention(facts),
    keysByState: keysByState(facts),
    figures: figures(facts),
    notes: notes(facts),
    keys: firstKeysTable(facts, FIRST_KEYS),
    tables:
      findAttention(facts).length > FIRST_ATTENTION
        ? [attentionTable(facts), ...renderTables(facts)]
        : renderTables(facts),
    check: ["npx holdfast-verify FILE --words '…'", "the words: on the key server’s console", "pdfsig FILE"],
    proof: [
      { label: "signer", value: `${facts.signer.label} · SHA-256 ${facts.signer.fingerprint.slice(0, 23)}…` },
      { label: "log", value: `holdfast/${tid} · size ${number(facts.log.size)}` },
      { label: "root", value: facts.log.root },
      { label: "made", value: `${minute(facts.made)} UTC · ${witnessWords(facts)}` },
    ],
    closing:
      "This extract supports evidence for an assessment; it does not state compliance. It does not prove what people wrote down, nor what a host’s owner could do with physical access to the key server.",
  };
  return everyText(content);
}

function witnessWords({ log }: Facts): string {
  return log.cosignatures.length === 0 ? "no witness" : count(log.cosignatures.length, "witness", "witnesses");
}

const SUBJECTS: Readonly<Record<number, string>> = { 1: "The one key is", 2: "Both keys are" };

function headline({ keys, changes, local, roster }: Facts): string {
  if (keys.length === 0) return "No keys yet. Who may make them, and how, is on record.";
  const people = local
    ? "the local administrator"
    : roster.admins.length === 1
      ? "its one administrator"
      : "its administrators";
  const subject = SUBJECTS[keys.length] ?? `All ${number(keys.length)} keys are`;
  const byClient = keys.some(({ state }) => state.owner.kind === "client");
  const made = byClient ? `approved by ${people} or within a grant` : `approved by ${people}`;
  return changes.length === 0
    ? `${subject} on record; nothing was decided in the period.`
    : `${subject} on record, each decision ${made}.`;
}

function summary({ keys, log, changes, clients }: Facts): string {
  const active = clients.filter(({ state }) => state.state === "active").length;
  return [
    count(keys.length, "key"),
    count(active, "active client"),
    `${count(changes.length, "decision")} in the period`,
    `${count(log.size, "log entry", "log entries")}, none missing`,
  ].join(" · ");
}

function firstAttention(facts: Facts): readonly AttentionItem[] {
  const items = findAttention(facts);
  if (items.length <= FIRST_ATTENTION) return items;
  const rest = items.length - FIRST_ATTENTION + 1;
  return [
    ...items.slice(0, FIRST_ATTENTION - 1),
    {
      mark: "more",
      text: `${count(rest, "further point")}, all listed on page 2.`,
      where: "",
      tone: "muted",
    },
  ];
}

function attentionTable(facts: Facts): ReportTable {
  return {
    title: "All points that need attention",
    columns: [
      { title: "About", share: 14, mono: true },
      { title: "What", share: 66 },
      { title: "Where or when", share: 20, align: "right" },
    ],
    rows: findAttention(facts).map(({ mark, text, where, tone }) => [
      { text: mark, tone },
      { text },
      { text: where, tone: "muted" },
    ]),
    empty: "",
  };
}

const SHARES: readonly (readonly [string, Tone])[] = [
  ["active", "good"],
  ["pre-active", "muted"],
  ["suspended", "warning"],
  ["deactivated", "muted"],
  ["compromised", "danger"],
  ["destroyed", "muted"],
  ["destroyed-compromised", "danger"],
];

function keysByState({ keys }: Facts): readonly Share[] {
  return SHARES.map(([label, tone]) => ({
    label,
    tone,
    count: keys.filter(({ state }) => state.state === label).length,
  })).filter((share) => share.count > 0);
}

function figures(facts: Facts): ReportContent["figures"] {
  const { keys, changes, roster } = facts;
  const rotations = changes.filter(({ kind }) => kind === "key.rotate").length;
  const uses = keys.reduce((sum, { use }) => sum + use.count, 0);
  const releases = keys.reduce((sum, key) => sum + key.releases, 0);
  const sealed = keys.filter(({ state }) => !state.extractable).length;
  return [
    { label: "Rotations in the period", value: number(rotations) },
    { label: "Uses in the period", value: number(uses) },
    { label: "Releases of key material", value: number(releases) },
    { label: "Never extractable", value: `${number(sealed)} of ${number(keys.length)}` },
    { label: facts.local ? "Local administrators" : "Administrators", value: number(roster.admins.length) },
  ];
}

function notes(facts: Facts): readonly Note[] {
  return [
    { title: "Who could reach a key", text: reachText(facts) },
    { title: "How fresh", text: freshText(facts) },
    { title: "Backups", text: backupText(facts) },
  ];
}

const KEK_WORDS = {
  file: "KEK: file on the same host.",
  credential: "KEK: given to the key server by its host's service manager.",
  passphrase: "The KEK comes from a passphrase that a person enters.",
  shares: "The KEK comes from shares of several custodians, who meet at each start.",
  pkcs11: "The KEK is in a hardware module.",
  other: "The KEK is held elsewhere.",
} as const;

/** Keys whose material is in the token, as their states in the log say. */
function inToken({ keys }: Facts): number {
  return keys.filter(({ state }) => state.store === "hsm" && !state.state.startsWith("destroyed")).length;
}

function tokenText(facts: Facts): string {
  const keys = inToken(facts);
  if (keys === 0) return "";
  return ` ${count(keys, "key")} ${keys === 1 ? "was" : "were"} made in the hardware module and ${keys === 1 ? "is" : "are"} in no backup: of ${keys === 1 ? "it" : "them"} the store has only what leads there.`;
}

function reachText(facts: Facts): string {
  const { local, roster, clients, declared } = facts;
  const active = clients.filter(({ state }) => state.state === "active").length;
  const uses =
    active === 0 ? "No client may use keys." : `${count(active, "client")} may use keys through the key server.`;
  const people = local
    ? "The local administrator decides who else may."
    : `${count(roster.admins.length, "administrator")} ${roster.admins.length === 1 ? "decides" : "decide"} who else may.`;
  return `${uses} ${people} Whoever controls the key server’s host reaches them while it runs. ${KEK_WORDS[declared.kek]}${tokenText(facts)}`;
}

function freshText({ made, log }: Facts): string {
  const newest = Math.max(0, ...log.cosignatures.map(({ time }) => time));
  const witness =
    newest === 0 ? "No witness has signed it." : `A witness signed the log ${days(made - newest)} before.`;
  return `Newest entry ${days(made - log.lastAt)} before this report was made. ${witness}`;
}

function backupText({ backup, made, keys }: Facts): string {
  const { newestAt, unbacked, policy } = backup;
  const newest = newestAt === null ? "none was made yet" : `newest read back ${days(made - newestAt)} before`;
  const missing = keys.length === 0 ? "" : `, keys in none: ${number(unbacked)}`;
  const alone = policy === null ? "by hand only" : `by itself, to ${count(policy.destinations.length, "place")}`;
  return `By the key server’s word: ${newest}${missing}. Made ${alone}.`;
}

/** Applies the printing rule to every text. */
function everyText(content: ReportContent): ReportContent {
  return mapText(content) as ReportContent;
}

function mapText(value: unknown): unknown {
  if (typeof value === "string") return printable(value);
  if (Array.isArray(value)) return value.map(mapText);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, mapText(member)]));
}

/** A name for a report's files: which environment, and to the minute when. */
export function reportName({ tid, made }: Pick<Facts, "tid" | "made">): string {
  const [date = "", time = ""] = new Date(made * 1000).toISOString().split("T");
  return `custody-report-${tid.slice(0, 6)}-${date}-${time.slice(0, 5).replace(":", "")}`;
}
