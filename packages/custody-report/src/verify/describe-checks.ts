import type { Facts } from "../model/facts.ts";
import { count, days } from "../render/words.ts";
import type { Walked } from "./walk-log.ts";

/** One thing that was checked; `holds` is false where nothing is wrong but something is absent. */
export type Check = { readonly what: string; readonly text: string; readonly holds: boolean };

type Checked = {
  readonly facts: Facts;
  readonly walked: Walked;
  readonly demanded: number;
  readonly compared: boolean;
};

/** Says in plain words what a verification has checked, in its order. */
export function describeChecks({ facts, walked, demanded, compared }: Checked): readonly Check[] {
  const { roster, log, keys, rosterLinks, signer, attest } = facts;
  const holds = (what: string, text: string, good = true): Check => ({ what, text, holds: good });
  return [
    holds(
      "administrators",
      `${count(rosterLinks, "link")} from the genesis on; each signed by enough administrators${learntWords(walked)}; now ${count(
        roster.admins.length,
        facts.local ? "local administrator" : "administrator",
      )}`,
    ),
    holds("log", `${count(log.size, "entry", "entries")}, none missing: they make the tree ${log.root}`),
    holds("checkpoint", `that tree is signed by a key server of these administrators (${signer.label})`),
    witnessCheck(facts, demanded),
    holds(
      "receipts",
      `${count(walked.receipts, "receipt")} signed by the key server, each fitting its entries and tree`,
    ),
    holds(
      "approvals",
      `${count(walked.approvals, "approval")} verified again; every command had the approvals it needed at its time`,
    ),
    holds(
      "states",
      `every step of ${count(keys.length, "key")} and ${count(facts.clients.length, "client")} was allowed`,
    ),
    holds(
      "certificate",
      `the report key's certificate is by this environment's own authority (SHA-256 ${signer.fingerprint.slice(0, 23)}…)`,
    ),
    holds("attestation", `signed over every byte of the evidence by ${signer.aid}, software ${attest.build}`),
    compared
      ? holds("origin", `the eight words are those you gave: ${facts.words.join(" ")}`)
      : holds("origin", `not compared; the words are: ${facts.words.join(" ")}`, false),
  ];
}

function witnessCheck({ roster, log, made }: Facts, demanded: number): Check {
  const { cosignatures } = log;
  if (cosignatures.length === 0) {
    const named = roster.witnesses.length === 0 ? "no witness is named" : "no named witness has signed this log yet";
    return { what: "witnesses", text: `${named}: only the key server vouches for when`, holds: false };
  }
  const age = cosignatures.map(({ name, time }) => `${name} (${days(made - time)} before the report)`).join(", ");
  return { what: "witnesses", text: `signed by ${age}${demanded > 0 ? ", as demanded" : ""}`, holds: true };
}

function learntWords({ events }: Walked): string {
  const learnt = events.filter(({ kind }) => kind === "roster.learnt").length;
  if (learnt === 0) return "";
  return `; ${learnt} of them learnt after a restore, each in force before by the signed log that was lost`;
}
