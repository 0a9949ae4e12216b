import type { ConsequencesAnswer } from "../admin/answers.ts";
import { CliError } from "./cli-error.ts";
import type { CommandContext } from "./command.ts";
import { showTime, table } from "./output.ts";
import { askText } from "./terminal.ts";

/** Option of every command that ends something in use. */
export const CONFIRM_OPTIONS = { yes: { type: "boolean" } } as const;

/**
 * Says who used a key, or which keys a client used, in the last 30 days and what stops, before anything is asked for.
 *
 * What would be carried out at once, and is in use, takes `--yes`, or its name typed at a terminal.
 *
 * @throws {@link CliError} `E_IN_USE`
 */
export async function confirmEnd(
  context: CommandContext,
  of: { readonly act: string; readonly key?: string; readonly client?: string; readonly issued?: "true" },
): Promise<void> {
  const query = new URLSearchParams(of as Record<string, string>);
  const { label, lines, recent, atOnce } = await context.admin().get<ConsequencesAnswer>(`/v1/consequences?${query}`);
  const head = of.client === undefined ? "CLIENT" : "KEY";
  const rows = recent.map((each) => [each.label, String(each.count), showTime(each.lastAt)]);
  context.out.say([...lines, ...(rows.length > 0 ? [table([head, "USES IN 30 DAYS", "LAST"], rows)] : [])].join("\n"));
  if (!atOnce || recent.length === 0 || context.args.flag("yes")) return;
  const typed = await askText(`Type ${label} to go on: `);
  if (typed === label) return;
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
