import type { StatusAnswer } from "../admin/answers.ts";
import { ACT_OPTIONS, carryOut } from "./act.ts";
import { CliError } from "./cli-error.ts";
import { COMMON_OPTIONS, type Command } from "./command.ts";
import { rosterKnown } from "./restored-text.ts";

export const restoreAccept: Command = {
  usage: "[--reason TEXT] [--wait]",
  options: { ...COMMON_OPTIONS, ...ACT_OPTIONS },
  async run(context) {
    const status = await context.admin().get<StatusAnswer>("/v1/status");
    if (status.size === null || status.root === null) {
      throw new CliError(
        "E_USAGE",
        "The agent is sealed or has no domain.",
        "Unseal it first: `holdfast-agent unseal`.",
      );
    }
    if (status.restored !== null) context.out.say(rosterKnown(status.restored).join("\n"));
    const request = { act: "restore.accept", args: { size: status.size, root: status.root } };
    return carryOut(context, request, () => {
      context.out.result({ recovering: false }, "Accepted. The loss is on record in the custody log.");
    });
  },
};
