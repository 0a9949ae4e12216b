import { describeGrant, isKnownOutside, type KeySchedule, keyKind, periodEnds } from "@holdfast/protocol";
import type { ChangeFacts, Facts, KeyFacts } from "../model/facts.ts";
import { changeWords, eventWords } from "./act-words.ts";
import { nameAndId, namesOf, tellApartShortly } from "./names.ts";
import { administratorsTable, basisTable, rulesTable, serversTable } from "./render-trust-tables.ts";
import type { Cell, ReportTable, Tone } from "./report-content.ts";
import { cell, column, limited, mono } from "./table-parts.ts";
import { count, day, minute, number } from "./words.ts";

const STATE_TONE: Readonly<Record<string, Tone>> = {
  active: "good",
  suspended: "warning",
  compromised: "danger",
  "destroyed-compromised": "danger",
};

/** The tables after page one, in their order. */
export function renderTables(facts: Facts): readonly ReportTable[] {
  return [
    keysTable(facts),
    changesTable(facts),
    clientsTable(facts),
    administratorsTable(facts),
    rulesTable(facts),
    serversTable(facts),
    eventsTable(facts),
    basisTable(facts),
  ];
}

/** The keys as page one has room for. */
export function firstKeysTable({ keys }: Facts, rows: number): ReportTable {
  const shown = [...keys].sort(byState).slice(0, rows);
  const rest = keys.length - shown.length;
  const nameOf = tellApartShortly(keys);
  return {
    title: rest > 0 ? `Keys (${number(shown.length)} of ${number(keys.length)}, all on the next pages)` : "Keys",
    columns: [
      column("Key", 29),
      column("State", 19),
      column("Version", 11, "right"),
      column("Since", 18, "right"),
      column("Used in period", 20, "right"),
    ],
    rows: shown.map((key) => [
      cell(nameOf(key)),
      stateCell(key.state.state),
      cell(String(key.state.current)),
      cell(day(key.versionAt)),
      usesCell(key.use.count),
    ]),
    empty: "The log has made no key yet.",
  };
}

const ORDER = ["compromised", "suspended", "active", "pre-active", "deactivated", "destroyed-compromised", "destroyed"];

function byState(a: KeyFacts, b: KeyFacts): number {
  return ORDER.indexOf(a.state.state) - ORDER.indexOf(b.state.state) || a.entry - b.entry;
}

function keysTable({ keys }: Facts): ReportTable {
  return limited({
    title: "Keys",
    intro:
      "Every key that the log has ever made, as its entries leave it. A version is new key material; older versions open what they sealed. Uses are those of the period.",
    columns: [
      column("Key", 18),
      mono("Identifier", 36),
      column("Algorithm", 14),
      column("State", 16),
      column("Made", 15, "right"),
      column("Version", 8, "right"),
      column("Uses", 7, "right"),
    ],
    rows: [...keys].sort(byState).map(keyRow),
    empty: "The log has made no key yet.",
  });
}

function keyRow({ label, id, state, use, versionAt }: KeyFacts): readonly Cell[] {
  const secret = state.type !== "public-key" && state.type !== "certificate";
  const leaves = state.extractable && secret;
  const kind = [
    keyKind(state),
    state.group,
    ...(leaves ? ["extractable"] : []),
    ...(isKnownOutside(state) ? ["known to a former holder"] : []),
    ...periodWords(state, versionAt),
    ...(state.schedules ?? []).map(scheduleWords),
  ];
  return [
    cell(label ?? "name withheld", label === null ? "muted" : undefined),
    cell(id),
    cell(kind.join(", "), leaves ? "warning" : undefined),
    stateCell(state.state),
    cell(day(state.dates.created)),
    cell(String(state.current)),
    usesCell(use.count),
  ];
}

/** Until when the current version protects and opens, where that ends by itself. */
function periodWords({ dates }: KeyFacts["state"], versionAt: number): string[] {
  const { originator, recipient } = periodEnds(dates, versionAt);
  return [
    ...(originator === undefined ? [] : [`protects until ${day(originator)}`]),
    ...(recipient === undefined ? [] : [`opens until ${day(recipient)}`]),
  ];
}

/** What the key server does with a key by itself. */
function scheduleWords({ does, everySec }: KeySchedule): string {
  const words = { rotate: "rotated", deactivate: "looked at to be retired", notify: "reminded of" }[does];
  return `${words} every ${count(Math.round(everySec / 86_400), "day")}`;
}

function usesCell(count: number): Cell {
  return count === 0 ? cell("–", "muted") : cell(number(count));
}

function changesTable({ changes, local }: Facts): ReportTable {
  return limited({
    title: "Decisions in the period",
    intro: local
      ? "Each was approved by the local administrator's key; its signature was verified again for this report."
      : "Each approval is a passkey signature over exactly this act; all were verified again for this report.",
    columns: [
      mono("Entry", 9),
      column("When (UTC)", 20),
      column("What", 25),
      column("On", 28),
      column("Decided by", 22),
    ],
    rows: [...changes].reverse().map(changeRow),
    empty: "Nothing was decided in the period.",
  });
}

/** Who stands behind a decision: those who approved, and those who rejected what was then not done. */
function deciders({ how, by, rejectedBy }: ChangeFacts): string {
  if (how === "schedule") return "its schedule";
  if (how === "date") return "its planned date";
  if (how === "client") return `${by.join(", ")}, within its grant`;
  const rejected = rejectedBy.length === 0 ? [] : [`rejected by ${rejectedBy.join(", ")}`];
  return [...(by.length === 0 ? [] : [by.join(", ")]), ...rejected].join("; ");
}

function changeRow(change: ChangeFacts): readonly Cell[] {
  const { entry, at, kind, act, label, subject, code, reason } = change;
  const many = change.count > 1 ? ` (${count(change.count, "key")})` : "";
  // That a cancelled command is cancelled needs no code beside the word.
  const ended = code === null || kind === "command.cancelled" ? "" : `, ${code}`;
  const people = deciders(change);
  return [
    cell(String(entry), "muted"),
    cell(minute(at)),
    cell(`${changeWords(kind, act)}${many}${ended}`),
    cell(`${subjectWords(kind, act, nameAndId(label, subject))}${reason === "" ? "" : `: “${reason}”`}`),
    cell(people === "" ? "–" : people, people === "" ? "muted" : undefined),
  ];
}

function subjectWords(kind: string, act: string | null, name: string): string {
  return /^(?:domain|restore)[.]/.test(act ?? kind) ? "this environment" : name;
}

function clientsTable({ clients, made }: Facts): ReportTable {
  return limited({
    title: "Client applications",
    intro: "Who may use keys, by certificate, and for what. Grants are part of the approved enrolment.",
    columns: [
      column("Client", 20),
      column("State", 14),
      column("May", 40),
      column("Ends", 16, "right"),
      column("Last used", 20, "right"),
    ],
    rows: clients.map(({ label, id, state, lastUsedAt }) => [
      cell(label ?? id),
      state.state === "revoked"
        ? cell("withdrawn", "muted")
        : state.dates.notAfter < made
          ? cell("expired", "warning")
          : cell("active", "good"),
      cell([...state.grants.map(describeGrant), ...authorityWords(state), ...permitWords(state)].join("; ")),
      cell(day(state.dates.notAfter)),
      cell(lastUsedAt === null ? "never" : minute(lastUsedAt), lastUsedAt === null ? "muted" : undefined),
    ]),
    empty: "No client application is enrolled.",
  });
}

/** Whose certificates prove a client's key, where they are not the key server's. */
function authorityWords({ auth }: Facts["clients"][number]["state"]): string[] {
  if (auth.authority === undefined) return [];
  return [
    auth.certificate === undefined
      ? "certified by the company's authority"
      : "by one certificate of the company's authority",
  ];
}

/** How it is let in, or lets others in, where administrators approved an enrolment secret. */
function permitWords({ auth, permit }: Facts["clients"][number]["state"]): string[] {
  if (permit !== undefined)
    return [
      `an enrolment secret: lets in ${permit.most} at most, from ${permit.networks.join(", ")}, and opens nothing`,
    ];
  return auth.permit === undefined ? [] : [`came by enrolment secret ${auth.permit}`];
}

function eventsTable(facts: Facts): ReportTable {
  const names = namesOf(facts);
  return limited({
    title: "Key servers and trust in the period",
    columns: [mono("Entry", 8), column("When (UTC)", 23), column("What", 34), column("On", 19), mono("Identifier", 40)],
    rows: [...facts.events]
      .reverse()
      .map(({ entry, at, kind, subject }) => [
        cell(String(entry), "muted"),
        cell(minute(at)),
        cell(eventWords(kind)),
        names.has(subject) ? cell(names.get(subject) ?? "") : cell("–", "muted"),
        cell(subject, "muted"),
      ]),
    empty: "Nothing happened.",
  });
}

function stateCell(state: string): Cell {
  return cell(state, STATE_TONE[state] ?? "muted");
}
