import type { StatusAnswer } from "../admin/answers.ts";
import { ACT_OPTIONS, carryOut } from "./act.ts";
import { CliError } from "./cli-error.ts";
import { COMMON_OPTIONS, type Command } from "./command.ts";

export const clockAccept: Command = {
  usage: "[--reason TEXT] [--wait]",
  options: { ...COMMON_OPTIONS, ...ACT_OPTIONS },
  async run(context) {
    const { aid, clock } = await context.admin().get<StatusAnswer>("/v1/status");
    if (clock === null)
      throw new CliError(
        "E_USAGE",
        "The agent is sealed or has no domain.",
        "Unseal it first: `holdfast-agent unseal`.",
      );
    return carryOut(context, { act: "clock.accept", args: { aid } }, () => {
      context.out.result(
        { clock: "believed" },
        "Accepted: the agent goes by its clock again. The custody log says so.",
      );
    });
  },
};
