import { CliError } from "./cli-error.ts";
import { COMMON_OPTIONS, type Command } from "./command.ts";
import { askYes } from "./terminal.ts";

interface LinkPreview {
  gateway: string;
  witness: string;
  loopback: boolean;
}

export const link: Command = {
  usage: "--token TOKEN [--yes]",
  options: { ...COMMON_OPTIONS, token: { type: "string" }, yes: { type: "boolean" } },
  async run({ admin, args, out }) {
    const token = args.get("token");
    const preview = await admin().post<LinkPreview>("/v1/link/preview", { token });
    out.say(`This agent will report to ${preview.gateway}\nand ask the witness ${preview.witness} to cosign its log.`);
    if (!args.flag("yes") && !(await askYes("Link?"))) {
      throw new CliError(
        "E_USAGE",
        `Not linked: this would report to ${preview.gateway}, with the witness ${preview.witness}.`,
        "If these are right, run the command again with --yes.",
      );
    }
    const answer = await admin().post<{ environment: { id: string; name: string } }>("/v1/link", { token });
    out.result({ linked: true, ...preview, ...answer }, `Linked to ${preview.gateway} (${answer.environment.name}).`);
    return 0;
  },
};

export const unlink: Command = {
  usage: "",
  options: COMMON_OPTIONS,
  async run({ admin, out }) {
    await admin().post("/v1/unlink", {});
    out.result({ linked: false }, "This agent no longer reports to a control plane.");
    return 0;
  },
};
