import type { Arguments } from "./arguments.ts";
import { AgentRefusal } from "./cli-error.ts";

/** Members of a command's arguments whose options are called otherwise. */
const OPTIONS: Readonly<Record<string, string>> = {
  label: "name",
  does: "do",
  activation: "activate",
  deactivation: "deactivate",
  protectStop: "protect-stop",
  originatorSec: "originator-period",
  recipientSec: "recipient-period",
};

/** A refusal of what was typed, in the words of the command line; every other as it is. */
export function inOptionWords(refusal: AgentRefusal, args: Arguments): AgentRefusal {
  const { code, status, message } = refusal;
  if (code !== "E_ARGS" && code !== "E_SCHEMA") return refusal;
  const [, path = "", problem = ""] = /^(?:args|act)((?:\.\w+|\[\d+\])+) (.+)$/s.exec(message) ?? [];
  const members = path.match(/[A-Za-z]\w*/g) ?? [];
  const options = members.toReversed().map((member) => OPTIONS[member] ?? member.replace(/Sec$/, ""));
  const option = options.find((each) => args.find(each) !== undefined);
  const what =
    option !== undefined
      ? `--${option} ${args.find(option)} ${problem}`
      : path === ""
        ? message
        : `${options[0] ?? "What was given"} ${problem}`;
  const next = `Nothing was changed. Correct the command: \`holdfast-agent ${args.command} --help\`.`;
  return new AgentRefusal(status, code, what, next);
}
