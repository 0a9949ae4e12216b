import type { StatusAnswer } from "../admin/answers.ts";
import { ACT_OPTIONS, carryOut } from "./act.ts";
import { CliError } from "./cli-error.ts";
import { COMMON_OPTIONS, type Command } from "./command.ts";

/** What is lost, and what to try before it is given up. */
export function lossText({ size, heads }: { size: number; heads: NonNullable<StatusAnswer["lost"]>["heads"] }): string {
  const newest = heads.at(-1)?.size ?? size;
  return [
    `This key server holds ${size} log entries and has signed ${newest}: ${newest - size} are missing. Keys go on being used, nothing is changed.`,
    "",
    ...heads.map((head) => `  ${head.size} entries, root ${head.root}, shown by ${head.from}`),
    "",
    "Before you give them up:",
    "  1. Look for a copy of this key server, and stop it.",
    "  2. Look for the newer disk or snapshot. Put back, with this one off, nothing is lost.",
    "  3. Look for a newer backup: `holdfast-agent backup verify FILE` says how many entries it holds.",
    "",
    "If all is gone for good, administrators give up what is missing with",
    `  holdfast-agent log accept-loss --entries ${newest - size} --reason '…'`,
    "They approve it before this key server is started or sealed again: after that it is proposed anew.",
    "Keys and versions made since are gone; what was suspended, withdrawn or destroyed since has to be done again.",
  ].join("\n");
}

export const logAcceptLoss: Command = {
  usage: "[--entries N [--reason TEXT] [--wait]]",
  options: { ...COMMON_OPTIONS, ...ACT_OPTIONS, entries: { type: "string" } },
  async run(context) {
    const { size, root, lost } = await context.admin().get<StatusAnswer>("/v1/status");
    if (size === null || root === null)
      throw new CliError(
        "E_USAGE",
        "The agent is sealed or has no domain.",
        "Unseal it first: `holdfast-agent unseal`.",
      );
    const heads = lost?.heads ?? [];
    const newest = heads.at(-1);
    const entries = context.args.find("entries");
    if (newest === undefined) {
      context.out.result(
        { missing: 0, heads },
        "No signed entry is known that this key server lacks: nothing to give up.",
      );
      return 0;
    }
    const missing = newest.size - size;
    if (entries === undefined) {
      context.out.result({ missing, heads, forked: lost?.forked }, lossText({ size, heads }));
      return 0;
    }
    if (entries !== String(missing))
      throw new CliError(
        "E_USAGE",
        `${missing} entries are missing, not ${entries}.`,
        "Look at what is missing: `holdfast-agent log accept-loss`.",
      );
    const args = { size, root, lost: heads.map((head) => ({ size: head.size, root: head.root })), found: lost?.found };
    return carryOut(context, { act: "log.acceptLoss", args }, () => {
      context.out.result(
        { lost: missing },
        "Accepted: the key server goes on from here, and the custody log says what is lost. Now suspend, withdraw and destroy again what had been, let witnesses follow the log anew (docs/operate/witness.md), and make a backup.",
      );
    });
  },
};
