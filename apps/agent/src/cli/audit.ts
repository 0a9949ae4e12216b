import { writeFileSync } from "node:fs";
import { decodeBase64url, type Entry, type Leaf, limitSpent, parseLeaf } from "@holdfast/protocol";
import { CliError } from "./cli-error.ts";
import { COMMON_OPTIONS, type Command, type CommandContext } from "./command.ts";
import { showTime, table } from "./output.ts";
import { requireNewFile } from "./place-files.ts";

/** A custody-log entry with what a person reads of it. */
interface EntryView {
  n: number;
  at: number;
  kind: string;
  subject: string;
  actor: string;
  code: string | null;
  entry: Entry;
}

const PAGE = 500;

export const auditTail: Command = {
  usage: "[--count 20]",
  options: { ...COMMON_OPTIONS, count: { type: "string", default: "20" } },
  async run({ admin, args, out }) {
    const count = Number(args.get("count"));
    if (!Number.isSafeInteger(count) || count < 1 || count > PAGE) throw args.usageError("--count is 1 to 500.");
    const { entries } = await admin().get<{ entries: EntryView[] }>(`/v1/log?last=${count}`);
    out.result({ entries: entries.map(({ entry: _entry, ...view }) => view) }, () =>
      table(
        ["N", "WHEN", "WHAT", "SUBJECT", "BY"],
        entries.map((view) => [
          String(view.n),
          showTime(view.at),
          entryText(view.code, parseLeaf(decodeBase64url(view.entry.leaf))),
          view.subject,
          view.actor,
        ]),
      ),
    );
    return 0;
  },
};

/** An entry's kind with what became of it, or with how much it accounts for of a key's usage limit. */
export function entryText(code: string | null, leaf: Pick<Leaf, "kind" | "data">): string {
  const spent = limitSpent(leaf);
  if (spent !== null) return `${leaf.kind} (${spent} of its usage limit given out so far)`;
  return code ? `${leaf.kind} ${code}` : leaf.kind;
}

export const auditVerify: Command = {
  usage: "",
  options: COMMON_OPTIONS,
  async run({ admin, out }) {
    const answer = await admin().post<{ size: number; root: string; checks: string[] }>("/v1/audit/verify", {}, 600);
    out.result(answer, () => [...answer.checks.map((check) => `ok  ${check}`), `root ${answer.root}`].join("\n"));
    return 0;
  },
};

export const auditRefusals: Command = {
  usage: "",
  options: COMMON_OPTIONS,
  async run({ admin, out }) {
    const { refusals } = await admin().get<{ refusals: { code: string; minute: number; count: number }[] }>(
      "/v1/refusals",
    );
    out.result({ refusals }, () =>
      refusals.length === 0
        ? "Nothing was refused."
        : table(
            ["WHEN", "CODE", "TIMES"],
            refusals.map(({ code, minute, count }) => [showTime(minute * 60), code, String(count)]),
          ),
    );
    return 0;
  },
};

export const auditExport: Command = {
  usage: "--out FILE",
  options: { ...COMMON_OPTIONS, out: { type: "string" } },
  async run(context) {
    const path = context.args.get("out");
    requireNewFile(path);
    const log = await readWholeLog(context);
    try {
      writeFileSync(path, `${JSON.stringify(log)}\n`, { mode: 0o600, flag: "wx" });
    } catch {
      throw new CliError("E_FILE", `${path} cannot be written, or is there already.`, "Name a new file with --out.");
    }
    context.out.result({ out: path, entries: log.entries.length }, `${log.entries.length} entries in ${path}`);
    return 0;
  },
};

async function readWholeLog({ admin }: CommandContext) {
  const entries: Entry[] = [];
  const { checkpoint, size } = await admin().get<{ checkpoint: string; size: number }>("/v1/log/checkpoint");
  while (entries.length < size) {
    const page = await admin().get<{ entries: EntryView[] }>(`/v1/log?from=${entries.length}&limit=${PAGE}`);
    if (page.entries.length === 0) break;
    entries.push(...page.entries.map((view) => view.entry));
  }
  return { checkpoint, entries: entries.slice(0, size) };
}
