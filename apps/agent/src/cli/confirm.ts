import type { RegistrationAnswer } from "../admin/answers.ts";
import { CliError } from "./cli-error.ts";
import { COMMON_OPTIONS, type Command } from "./command.ts";
import { registrationText } from "./registration-text.ts";
import { askYes } from "./terminal.ts";

export const confirm: Command = {
  usage: "[--words 'w1 … w8'] [--refuse]",
  options: { ...COMMON_OPTIONS, words: { type: "string" }, refuse: { type: "boolean" } },
  async run({ admin, args, out }) {
    if (args.flag("refuse")) {
      await admin().post("/v1/confirm", { refuse: true });
      out.result({ confirmed: false }, "Refused. Nothing was founded; `holdfast-agent claim` starts again.");
      return 0;
    }
    const words = args.find("words") ?? (await wordsFromConsole(admin()));
    const answer = await admin().post<{ tid: string }>("/v1/confirm", { words });
    out.result({ confirmed: true, ...answer }, `Founded. Domain ${answer.tid}.`);
    return 0;
  },
};

async function wordsFromConsole(admin: { get<T>(path: string): Promise<T> }): Promise<string> {
  const registration = await admin.get<RegistrationAnswer>("/v1/registration");
  if (registration.state !== "waiting" || !registration.words) {
    throw new CliError("E_USAGE", "No registration waits for confirmation.", "Open the claimed address first.");
  }
  process.stderr.write(`${registrationText(registration)}\n`);
  if (await askYes("Found the domain with this passkey?")) return registration.words.join(" ");
  throw new CliError(
    "E_USAGE",
    "Not confirmed.",
    "Confirm with --words 'w1 … w8' as the console shows them, or refuse with --refuse.",
  );
}
