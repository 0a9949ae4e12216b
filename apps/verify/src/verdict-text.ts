import { printable, type VerifiedReport } from "@holdfast/custody-report";
import type { Verdict } from "./verdict.ts";

/** The verdict in plain words. */
export function verdictText(verdict: Verdict): string {
  if (verdict.kind === "refused") {
    return `refused  ${verdict.error.code}\n\n${printable(verdict.error.message)}\nDo not rely on this file.\n`;
  }
  const { report } = verdict;
  return [
    head(report),
    "",
    ...report.checks.map(({ what, text, holds }) => `${holds ? "ok" : "--"}  ${what.padEnd(14)}  ${printable(text)}`),
    "",
    report.content.headline,
    ...report.content.attention.map(({ mark, text }) => `  ${mark.padEnd(9)} ${text}`),
    "",
    ...conclusion(verdict.kind, report),
    "",
  ].join("\n");
}

function head({ form, content, facts }: VerifiedReport): string {
  const kind = form === "pdf" ? "signed PDF with its evidence" : "evidence bundle";
  const made = new Date(facts.made * 1000).toISOString().slice(0, 16).replace("T", " ");
  return `${content.title}\n${kind} · ${content.scope} · made ${made} UTC\nenvironment ${facts.tid}`;
}

function conclusion(kind: "verified" | "not-compared", { facts }: VerifiedReport): string[] {
  if (kind === "verified") {
    return ["Verified: all of the above holds, and the eight words are those of this environment."];
  }
  return [
    `The eight words of this environment:\n\n    ${facts.words.join(" ")}\n`,
    "Internally consistent; origin not compared.",
    "Whoever made another environment could have made this file. Read the words on the key server's own console",
    "(holdfast-agent status) and run again with --words '…'.",
  ];
}

/** The verdict as a JSON document. */
export function verdictJson(verdict: Verdict): string {
  if (verdict.kind === "refused") {
    const { code, message, detail } = verdict.error;
    return `${JSON.stringify({ verdict: "refused", code, message, detail })}\n`;
  }
  const { report, kind } = verdict;
  const { facts, checks, content, form } = report;
  const { tid, words, made, period, log } = facts;
  const keys = facts.keys.map(({ id, label, state, use }) => ({
    keyId: id,
    label,
    state: state.state,
    uses: use.count,
  }));
  const attention = content.attention.map(({ mark, text }) => ({ mark, text }));
  return `${JSON.stringify({ verdict: kind, form, tid, words, made, period, log, keys, checks, attention })}\n`;
}
