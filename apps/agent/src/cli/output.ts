import { findErrorText, HoldfastError } from "@holdfast/protocol";
import { CliError } from "./cli-error.ts";

/** Where a command prints and whether a person reads it. */
export interface Output {
  /** True when the result is to be one JSON document: `--json`, or standard output is not a terminal. */
  readonly json: boolean;
  /** Prints the command's result: `value` as JSON, or `text` for a person. */
  result(value: unknown, text: string | (() => string)): void;
  /** Prints a file's content, to be redirected into the file: as it is wherever it goes, as JSON with `--json` only. */
  artefact(value: unknown, text: string): void;
  /** Says something beside the result, to standard error, when a person is there to read it. */
  say(text: string): void;
  /** Says what has to be done for the command to go on, to standard error, whoever reads it. */
  ask(text: string): void;
}

/** @param spell - Completes the commands in a text for a person. */
export function createOutput(wantsJson: boolean, spell: (text: string) => string): Output {
  const json = wantsJson || !process.stdout.isTTY;
  const ask = (text: string): void => void process.stderr.write(`${spell(text)}\n`);
  return {
    json,
    ask,
    result(value, text) {
      const line = json ? JSON.stringify(value) : spell(typeof text === "string" ? text : text());
      process.stdout.write(`${line}\n`);
    },
    artefact(value, text) {
      process.stdout.write(wantsJson ? `${JSON.stringify(value)}\n` : text);
    },
    say(text) {
      if (process.stderr.isTTY || !json) ask(text);
    },
  };
}

/** Prints a failed command: what happened, what to do, the code. Nothing else, and never a stack trace. */
export function printFailure(error: unknown, json: boolean, spell: (text: string) => string): void {
  const known = error instanceof HoldfastError;
  const code = known ? String(error.code) : "E_INTERNAL";
  const what = known ? spell(error.message) : "Something unexpected happened inside the command.";
  const step =
    known && "next" in error && typeof error.next === "string"
      ? error.next
      : known
        ? (findErrorText(code)?.next ?? "See docs/spec/errors.md.")
        : "Nothing was changed by this message; report it with the output of `holdfast-agent doctor`.";
  const next = spell(step);
  const detail = error instanceof CliError && error.about !== null ? { detail: error.about } : {};
  if (json) process.stderr.write(`${JSON.stringify({ error: { code, what, next, ...detail } })}\n`);
  else process.stderr.write(`${what}\n${next}\n(${code})\n`);
}

/** A table for people: columns padded to their widest cell, two spaces apart. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
  return all
    .map((row) =>
      row
        .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** Names and values, one a line, the names padded. */
export function facts(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join("\n");
}

/** A time in signed documents (Unix seconds) as people read it, in UTC. */
export function showTime(unixSeconds: number | undefined): string {
  if (unixSeconds === undefined) return "-";
  return `${new Date(unixSeconds * 1000).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
