import type { Credential } from "@holdfast/protocol";
import type { Facts } from "../model/facts.ts";
import { ruleWords } from "./act-words.ts";
import type { Cell, ReportTable } from "./report-content.ts";
import { cell, column, limited, mono } from "./table-parts.ts";
import { count, day, days, minute } from "./words.ts";

const CHANNELS: Readonly<Record<string, string>> = {
  customer: "passkey on the customer's own name",
  "this-machine": "passkey on the key server's machine",
  hosted: "passkey on a hosted page",
  local: "local administrator: a key on the key server's host",
};

/** With what somebody approves, and whether its maker is proved where the roster asks for that. */
function approvesWith(credential: Credential, asksForMakers: boolean): Cell {
  const by = CHANNELS[credential.channel] ?? credential.channel;
  if (credential.channel === "local") return cell(by, "warning");
  if (credential.att === "verified") return cell(`${by}; its maker is proved`);
  return asksForMakers ? cell(`${by}; from before makers were asked for: not proved`, "warning") : cell(by);
}

/** Who decides, and how they approve. */
export function administratorsTable({ roster, rosterLinks, made }: Facts): ReportTable {
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
        approvesWith(credential, roster.attn !== undefined),
        cell(credential.channel === "local" ? "–" : credential.origin),
        cell(groups.length === 0 ? "–" : groups.join(", ")),
      ]),
    ),
    empty: "There is none.",
  });
}

/** What each act needs. */
export function rulesTable({ roster }: Facts): ReportTable {
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

/** Who keeps and who witnesses the log. */
export function serversTable({ roster, log }: Facts): ReportTable {
  const signed = new Map(log.cosignatures.map(({ name, time }) => [name, time]));
  return limited({
    title: "Key servers and witnesses",
    columns: [
      column("Name", 30),
      column("Part", 20),
      mono("Identifier", 50),
      column("This log signed (UTC)", 22, "right"),
    ],
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

const KEK: Readonly<Record<string, string>> = {
  file: "KEK: file on the same host",
  credential: "KEK: given by the host's service manager",
  passphrase: "KEK: derived from a passphrase that a person enters",
  shares: "KEK: from shares of several custodians",
  pkcs11: "KEK: in a hardware module",
  other: "KEK: held elsewhere",
};

const HELD_BACKUPS = "Backups; a new key is answered for once one holds it";

/** Where the key-encryption key is, and how that is known. */
function kekStatement({ kek, token }: Facts["declared"]): [statement: string, basis: string] {
  if (token === undefined) return [KEK[kek] ?? kek, "declared by the key server in the evidence"];
  const { label, manufacturer, model, firmware, serial } = token;
  return [
    `KEK: PKCS#11 token ${label}, ${manufacturer} ${model}, firmware ${firmware}, serial number ${serial}`,
    "measured by the key server, which opened its root key with it; what the module is, is the module's word",
  ];
}

/** What is proved, what is a word, and what is not in evidence. */
export function basisTable({ attest, declared, local, backup }: Facts): ReportTable {
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
        `${fips.module} ${fips.moduleVersion} (${fips.linkage}), FIPS mode ${fips.mode}${providerText(fips)}`,
        `attestation signed by the key server; validation: ${fips.validation}`,
        word,
      ),
      row(...kekStatement(declared), word),
      row(
        "Times",
        "the key server's clock; a witness's signature shows the latest time at which they can have been written",
        word,
      ),
      row(
        backup.holdsNewKeys ? HELD_BACKUPS : "Backups",
        "entries of the log by the key server, which reads each backup back before it writes one",
        word,
      ),
      row("Where the host stands and who runs it", "–", cell("not in evidence", "muted")),
      row("What people wrote down, agreed or were trained in", "–", cell("not in evidence", "muted")),
    ],
    empty: "",
  });
}

/** The FIPS provider that is loaded, if any: its file's digest can be compared with what its maker publishes. */
function providerText({ provider }: Facts["attest"]["fips"]): string {
  if (provider === undefined) return "";
  return `, provider ${provider.version ?? "of unknown version"}, SHA-256 ${provider.sha256}`;
}
