import { describeGrant } from "@holdfast/protocol";
import type { ChangeFacts, Facts, KeyFacts } from "../model/facts.ts";
import { actWords, changeWords, ruleWords } from "./act-words.ts";
import type { Cell, Column, ReportTable, Tone } from "./report-content.ts";
import { count, day, days, minute, number, short } from "./words.ts";

/** Most rows that a table prints; the evidence has them all. */
const MAX_ROWS = 1000;

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
  return {
    title: rest > 0 ? `Keys (${number(shown.length)} of ${number(keys.length)}, all on the next pages)` : "Keys",
    columns: [
      column("Key", 29),
      column("State", 19),
      column("Version", 11, "right"),
      column("Since", 18, "right"),
      column("Used in period", 20, "right"),
    ],
    rows: shown.map(({ label, id, state, versionAt, use }) => [
      cell(short(label ?? id, 20)),
      stateCell(state.state),
      cell(String(state.current)),
      cell(day(versionAt)),
      usesCell(use.count),
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
      mono("Identifier", 35),
      column("Algorithm", 15),
      column("State", 14),
      column("Made", 15, "right"),
      column("Version", 8, "right"),
      column("Uses", 8, "right"),
    ],
    rows: [...keys].sort(byState).map(keyRow),
    empty: "The log has made no key yet.",
  });
}

function keyRow({ label, id, state, use }: KeyFacts): readonly Cell[] {
  const kind = [state.algorithm, state.group, ...(state.extractable ? ["extractable"] : [])];
  return [
    cell(label ?? "name withheld", label === null ? "muted" : undefined),
    cell(id),
    cell(kind.join(", "), state.extractable ? "warning" : undefined),
    stateCell(state.state),
    cell(day(state.dates.created)),
    cell(String(state.current)),
    usesCell(use.count),
  ];
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
      column("On", 25),
      column("Approved by", 25),
    ],
    rows: [...changes].reverse().map(changeRow),
    empty: "Nothing was decided in the period.",
  });
}

function changeRow({
  entry,
  at,
  kind,
  act,
  label,
  subject,
  count: entries,
  by,
  how,
  code,
  reason,
}: ChangeFacts): readonly Cell[] {
  const many = entries > 1 ? ` (${count(entries, "key")})` : "";
  const ended = code === null ? "" : `, ${code}`;
  const people = how === "client" ? `${by.join(", ")}, within its grant` : by.join(", ");
  return [
    cell(String(entry), "muted"),
    cell(minute(at)),
    cell(`${changeWords(kind, act)}${many}${ended}`),
    cell(`${label ?? short(subject, 14)}${reason === "" ? "" : `: “${reason}”`}`),
    cell(people === "" ? "–" : people, people === "" ? "muted" : undefined),
  ];
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
      cell(state.grants.map(describeGrant).join("; ")),
      cell(day(state.dates.notAfter)),
      cell(lastUsedAt === null ? "never" : minute(lastUsedAt), lastUsedAt === null ? "muted" : undefined),
    ]),
    empty: "No client application is enrolled.",
  });
}

const CHANNELS: Readonly<Record<string, string>> = {
  customer: "passkey on the customer's own name",
  "this-machine": "passkey on the key server's machine",
  hosted: "passkey on a hosted page",
  local: "local administrator: a key on the key server's host",
};

function administratorsTable({ roster, rosterLinks, made }: Facts): ReportTable {
  const recovery = roster.recovery.keys.length;
  const end = roster.notAfter <= made ? "expired" : "is valid until";
  return limited({
    title: "Administrators",
    intro: `${count(rosterLinks, "link")} of the chain; the newest ${end} ${day(roster.notAfter)}. ${
      recovery === 0
        ? "No replacement key."
        : `${count(recovery, "replacement key")}, after ${days(roster.recovery.delaySec)}.`
    }`,
    columns: [column("Administrator", 26), column("Approves with", 50), column("Origin", 30), column("Groups", 16)],
    rows: roster.admins.flatMap(({ label, groups, creds }) =>
      creds.map((credential, at) => [
        cell(at === 0 ? label : `${label}, passkey ${at + 1}`),
        cell(
          CHANNELS[credential.channel] ?? credential.channel,
          credential.channel === "local" ? "warning" : undefined,
        ),
        cell(credential.channel === "local" ? "–" : credential.origin),
        cell(groups.length === 0 ? "–" : groups.join(", ")),
      ]),
    ),
    empty: "There is none.",
  });
}

function rulesTable({ roster }: Facts): ReportTable {
  return limited({
    title: "Rules",
    intro:
      "How many different administrators each act needs, and how long it then waits so that any of them can cancel it.",
    columns: [
      column("Act", 50),
      column("Approvals", 16, "right"),
      column("Waits", 20, "right"),
      column("Valid for", 20, "right"),
    ],
    rows: roster.policy.map(({ act, m, delaySec, maxTtlSec, noSelf }) => [
      cell(ruleWords(act)),
      cell(`${m} of ${roster.admins.length}${noSelf === true ? ", not the proposer" : ""}`),
      cell(delaySec === 0 ? "–" : days(delaySec), delaySec === 0 ? "muted" : undefined),
      cell(days(maxTtlSec)),
    ]),
    empty: "There is none.",
  });
}

function serversTable({ roster, log }: Facts): ReportTable {
  const signed = new Map(log.cosignatures.map(({ name, time }) => [name, time]));
  return limited({
    title: "Key servers and witnesses",
    columns: [column("Name", 30), column("Part", 20), mono("Identifier", 50), column("This log signed", 22, "right")],
    rows: [
      ...roster.agents.map(({ label, aid }) => [cell(label), cell("key server"), cell(aid), cell(minute(log.lastAt))]),
      ...roster.witnesses.map(({ name, vkey }) => {
        const time = signed.get(name);
        return [
          cell(name),
          cell("witness"),
          cell(vkey),
          time === undefined ? cell("not yet", "warning") : cell(minute(time)),
        ];
      }),
    ],
    empty: "There is none.",
  });
}

function eventsTable({ events }: Facts): ReportTable {
  return limited({
    title: "Key servers and trust in the period",
    columns: [mono("Entry", 10), column("When (UTC)", 24), column("What", 50), mono("Subject", 40)],
    rows: [...events]
      .reverse()
      .map(({ entry, at, kind, subject }) => [
        cell(String(entry), "muted"),
        cell(minute(at)),
        cell(actWords(kind)),
        cell(subject, "muted"),
      ]),
    empty: "Nothing happened.",
  });
}

const KEK: Readonly<Record<string, string>> = {
  file: "KEK: file on the same host",
  passphrase: "KEK: derived from a passphrase that a person enters",
  other: "KEK: held elsewhere",
};

function basisTable({ attest, declared, local }: Facts): ReportTable {
  const word = cell("key server's word", "warning");
  const proved = cell("proved", "good");
  const row = (statement: string, basis: string, standing: Cell): readonly Cell[] => [
    cell(statement),
    cell(basis),
    standing,
  ];
  const { fips } = attest;
  return limited({
    title: "What each statement rests on",
    intro:
      "Proved: follows from signatures that the reader verifies. Key server's word: signed by the key server about itself; without hardware evidence it is the agent's word. Not in evidence: outside what any signature here can show.",
    columns: [column("Statement", 44), column("Basis", 62), column("Standing", 22)],
    rows: [
      row(
        "Who decided what",
        local
          ? "the local administrator's signature over each act"
          : "passkey signatures of the administrators over each act",
        proved,
      ),
      row(
        "No entry is missing or changed",
        "one tree over all entries, its root signed; every receipt names the tree it was given in",
        proved,
      ),
      row(
        "Each key's state and life",
        "state documents named by hash in the log; each step allowed by the lifecycle table",
        proved,
      ),
      row("Use of keys", "roll-ups per key, client and minute in the log, counted by the key server", word),
      row(
        `Software ${attest.build} on ${attest.runtime}`,
        "attestation signed by the key server; hardware evidence: none",
        word,
      ),
      row(
        `${fips.module} ${fips.moduleVersion} (${fips.linkage}), FIPS mode ${fips.mode}`,
        `attestation signed by the key server; validation: ${fips.validation}`,
        word,
      ),
      row(KEK[declared.kek] ?? declared.kek, "declared by the key server in the evidence", word),
      row(
        "Times",
        "the key server's clock; a witness's signature shows the latest time at which they can have been written",
        word,
      ),
      row("Where the host stands and who runs it", "–", cell("not in evidence", "muted")),
      row("What people wrote down, agreed or were trained in", "–", cell("not in evidence", "muted")),
    ],
    empty: "",
  });
}

function limited(table: ReportTable): ReportTable {
  const rest = table.rows.length - MAX_ROWS;
  if (rest <= 0) return table;
  const more = `The first ${number(MAX_ROWS)} rows; ${number(rest)} more are in the attached evidence.`;
  return {
    ...table,
    intro: table.intro === undefined ? more : `${table.intro} ${more}`,
    rows: table.rows.slice(0, MAX_ROWS),
  };
}

function stateCell(state: string): Cell {
  return cell(state, STATE_TONE[state] ?? "muted");
}

function column(title: string, share: number, align: "left" | "right" = "left"): Column {
  return { title, share, align };
}

function mono(title: string, share: number): Column {
  return { title, share, mono: true };
}

function cell(text: string, tone?: Tone): Cell {
  return tone === undefined ? { text } : { text, tone };
}
