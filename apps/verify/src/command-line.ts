import { parseArgs } from "node:util";

/** What the person asked for. */
export type Request = {
  readonly file: string;
  readonly words: string | undefined;
  readonly witnesses: readonly string[];
  /** Files with signed heads that were found elsewhere. */
  readonly heads: readonly string[];
  readonly headWitnesses: readonly string[];
  readonly json: boolean;
};

/** How to call the program. */
export const USAGE = `holdfast-verify FILE [--words 'w1 … w8'] [--witness VKEY]… [--head FILE [--head-by VKEY]…]… [--json]

Checks a custody report, the signed PDF or its evidence bundle (*.holdfast.json), offline.

  --words    the eight matching words, read from the key server's own console; without them
             nothing says whose environment the report is about
  --witness  a witness that must have signed the log, as its vkey; may be given more than once
  --head     a signed head of the log that was found elsewhere, such as a witness shows: the report
             has to be of that history, and may not end before it if the witness had seen it first
  --head-by  a witness that says when a head was seen; it need not have signed the report
  --json     the verdict as one JSON document

Exit status: 0 everything holds and the words fit · 1 refused · 2 wrong command line or unreadable file
             4 internally consistent, origin not compared (no --words)
`;

/** Reads the command line; null when it is not one. */
export function readCommandLine(args: readonly string[]): Request | "help" | null {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        words: { type: "string" },
        witness: { type: "string", multiple: true },
        head: { type: "string", multiple: true },
        "head-by": { type: "string", multiple: true },
        json: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
    if (values.help) return "help";
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0) return null;
    const heads = { heads: values.head ?? [], headWitnesses: values["head-by"] ?? [] };
    return { file, words: values.words, witnesses: values.witness ?? [], ...heads, json: values.json ?? false };
  } catch {
    return null;
  }
}
