import type { ConsequencesAnswer } from "../admin/answers.ts";
import { CliError } from "./cli-error.ts";
import type { CommandContext } from "./command.ts";
import { showTime, table } from "./output.ts";
import { askText } from "./terminal.ts";

/** Option of every command that ends something in use. */
export const CONFIRM_OPTIONS = { yes: { type: "boolean" } } as const;

/** What a person in an emergency, or their script, is never held up by: it stops something, and waits for nobody. */
const URGENT: ReadonlySet<string> = new Set(["key.suspend", "key.compromise"]);

/**
 * Says who used a key, or which keys a client used, in the last 30 days and what stops, before anything is asked for.
 *
 * What would be carried out at once takes `--yes`, or its name typed at a terminal, where it is in use or nothing brings it
 * back. Without a terminal what nobody uses goes on, and so does what is urgent.
 *
 * @param ask - Asks the person at the terminal; null without one.
 * @throws {@link CliError} `E_IN_USE`; `E_USAGE` when another name was typed for what nobody uses
 */
export async function confirmEnd(
  context: Pick<CommandContext, "admin" | "args" | "out">,
  of: { readonly act: string; readonly key?: string; readonly client?: string; readonly issued?: "true" },
  ask: (question: string) => Promise<string | null> = askText,
): Promise<void> {
  const query = new URLSearchParams(of as Record<string, string>);
  const answer = await context.admin().get<ConsequencesAnswer>(`/v1/consequences?${query}`);
  const { label, lines, recent, atOnce, isFinal } = answer;
  const head = of.client === undefined ? "CLIENT" : "KEY";
  const rows = recent.map((each) => [each.label, String(each.count), showTime(each.lastAt)]);
  context.out.say([...lines, ...(rows.length > 0 ? [table([head, "USES IN 30 DAYS", "LAST"], rows)] : [])].join("\n"));
  if (!atOnce || context.args.flag("yes") || (recent.length === 0 && !isFinal)) return;
  const typed = await ask(`Type ${label} to ${isFinal ? "destroy it now, for ever" : "go on"}: `);
  if (typed === label) return;
  if (typed === null && (recent.length === 0 || URGENT.has(of.act))) return;
  if (recent.length === 0)
    throw new CliError("E_USAGE", "Another name was typed: nothing was changed.", "Run the command again.");
  throw new CliError(
    "E_IN_USE",
    `${label} is in use (${usedText(recent)})${typed === null ? "" : ", and another name was typed"}: nothing was changed.`,
    "See that these can do without it, then run the command again with --yes.",
    { uses: recent },
  );
}

/** How many are named in the sentence; all of them are in its detail. */
const MOST_NAMED = 10;

function usedText(recent: ConsequencesAnswer["recent"]): string {
  const named = recent.slice(0, MOST_NAMED).map(({ label, count }) => `${label}: ${count}`);
  const more = recent.length - named.length;
  return `uses in 30 days: ${named.join(", ")}${more > 0 ? `, and ${more} more` : ""}`;
}
