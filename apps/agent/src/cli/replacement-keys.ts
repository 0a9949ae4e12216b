import { rmSync } from "node:fs";
import { resolve } from "node:path";
import { replacementKeyName } from "@holdfast/protocol";
import { makeReplacementKey } from "@holdfast/protocol/custodian";
import type { InvitationAnswer, ReplacementKeyBegun, TakenAnswer } from "../admin/answers.ts";
import { createPrivateFile } from "../custody/private-file.ts";
import { type Arguments, readDurationSeconds } from "./arguments.ts";
import { CliError } from "./cli-error.ts";
import { COMMON_OPTIONS, type Command } from "./command.ts";
import { takenText } from "./intro.ts";
import { showTime } from "./output.ts";
import { proposeChange } from "./roster-text.ts";
import { askText, endedWith } from "./terminal.ts";

const recoverInvite: Command = {
  usage: "NAME [--for PT30M]   (NAME: who keeps it, or where: “Grace”, “safe in Bern”)",
  words: 1,
  options: { ...COMMON_OPTIONS, for: { type: "string", default: "PT30M" } },
  async run({ admin, args, out }) {
    const seconds = readDurationSeconds(args.get("for"), "for");
    if (seconds < 600 || seconds > 3600) throw args.usageError("--for is PT10M to PT60M.");
    const request = { kind: "replacement-key", label: args.word(0, "NAME"), seconds };
    const answer = await admin().post<InvitationAnswer>("/v1/introductions/invite", request);
    out.result(answer, () =>
      [
        `Give this address to ${answer.label} alone. It opens once, before ${showTime(answer.expiresAt)}:`,
        `  ${answer.url}`,
        "Their browser makes 24 words, which never come here. Then it shows eight others: have those read to you by voice.",
        "`holdfast-agent intro list` names what they gave, and `holdfast-agent recover add intro:…` proposes it.",
      ].join("\n"),
    );
    return 0;
  },
};

const recoverMake: Command = {
  usage: "NAME [--words-out FILE]   (FILE: new, mode 0600; without a terminal it is needed)",
  words: 1,
  options: { ...COMMON_OPTIONS, "words-out": { type: "string" } },
  async run({ admin, args, out }) {
    const label = args.word(0, "NAME");
    const file = args.find("words-out");
    if (file === undefined && !process.stdin.isTTY)
      throw new CliError(
        "E_NO_TERMINAL",
        "There is no terminal to show the 24 words at.",
        "Give --words-out FILE: a new file, which only you can read.",
      );
    const { invitation, challenge } = await admin().post<ReplacementKeyBegun>("/v1/recovery/key/begin", { label });
    const { name: environment } = await admin().get<{ name: string }>("/v1/status");
    const { words, signer } = await makeReplacementKey();
    const name = replacementKeyName(signer);
    if (file === undefined) await showOnce(words, `${name} of ${environment}`);
    else writeWords(resolve(file), words, `${name} of ${environment}, kept as “${label}”`);
    try {
      const offered = { invitation, cose: signer.cose, sig: await signer.prove(challenge) };
      const answer = await admin().post<TakenAnswer>("/v1/recovery/key", offered);
      out.result({ ...answer, key: name, ...(file === undefined ? {} : { wordsFile: resolve(file) }) }, () =>
        [
          takenText(answer),
          ...(file === undefined ? [] : [`Its 24 words are in ${resolve(file)}. Move them away from this machine.`]),
          `Now propose it: \`holdfast-agent recover add ${answer.reference}\`. Until that is in force, the words replace nothing.`,
        ].join("\n\n"),
      );
      return 0;
    } catch (error) {
      if (file !== undefined) rmSync(resolve(file), { force: true });
      throw error;
    }
  },
};

const RULE_OPTIONS = { needs: { type: "string" }, delay: { type: "string" } } as const;

const recoverAdd: Command = {
  usage: "intro:HASH… [--without KEY]… [--needs M] [--delay P3D]",
  words: 16,
  options: { ...COMMON_OPTIONS, ...RULE_OPTIONS, without: { type: "string", multiple: true } },
  run(context) {
    const { args } = context;
    args.word(0, "intro:HASH");
    const without = args.all("without");
    return proposeChange(context, {
      intros: args.positionals,
      ...(without.length === 0 ? {} : { removeKeys: without }),
      ...rulesIn(args),
    });
  },
};

const recoverRemove: Command = {
  usage: "KEY… [--needs M]   (`recover status` names them; the last one goes only with `recover add … --without`)",
  words: 16,
  options: { ...COMMON_OPTIONS, needs: { type: "string" } },
  run(context) {
    const { args } = context;
    args.word(0, "KEY");
    return proposeChange(context, { removeKeys: args.positionals, ...rulesIn(args) });
  },
};

const recoverRules: Command = {
  usage: "[--needs M] [--delay P3D]",
  options: { ...COMMON_OPTIONS, ...RULE_OPTIONS },
  run(context) {
    const rules = rulesIn(context.args);
    if (Object.keys(rules).length === 0) throw context.args.usageError("Give --needs M, --delay P3D, or both.");
    return proposeChange(context, rules);
  },
};

function rulesIn(args: Arguments): { readonly recoveryNeeds?: number; readonly recoveryDelay?: number } {
  const [needs, delay] = [args.find("needs"), args.find("delay")];
  if (needs !== undefined && !/^[1-9][0-9]?$/.test(needs)) throw args.usageError("--needs is 1 to 16.");
  return {
    ...(needs === undefined ? {} : { recoveryNeeds: Number(needs) }),
    ...(delay === undefined ? {} : { recoveryDelay: readDurationSeconds(delay, "delay") }),
  };
}

const NONE_MADE = [
  "Stopped. No replacement key was made.",
  "Destroy words that were written down: they replace nothing. Run the command again for others.",
] as const;

/** Shows the words at the terminal, and goes on only when the last one came back from the copy. */
async function showOnce(words: readonly string[], called: string): Promise<void> {
  const lines = words.map((word, at) => `${String(at + 1).padStart(4)}  ${word}`);
  process.stderr.write(`Replacement key ${called}. Write these 24 words down; they are shown this once:\n\n`);
  process.stderr.write(`${lines.join("\n")}\n\n`);
  for (let tries = 0; tries < 3; tries += 1)
    if (
      ((await endedWith(...NONE_MADE, () => askText("Type the last word from your copy: "))) ?? "").toLowerCase() ===
      words.at(-1)
    )
      return;
  throw new CliError("E_WORDS", "That is not the last word.", "Nothing was made. Run the command again.");
}

function writeWords(path: string, words: readonly string[], called: string): void {
  const lines = words.map((word, at) => `${String(at + 1).padStart(2)}  ${word}`);
  const text = [
    `Holdfast replacement key ${called}`,
    "It replaces lost approval passkeys after a delay. It opens no data and is no backup.",
    "Keep it offline and apart from your passkeys.",
    "",
    ...lines,
    "",
  ].join("\n");
  const fault = createPrivateFile(path, Buffer.from(text, "utf8"));
  if (fault !== null)
    throw new CliError("E_FILE", `${path} cannot be written (${fault}).`, "Name a file that is not there yet.");
}

/** The commands that give an environment further replacement keys, or others. */
export const replacementKeyCommands = {
  "recover invite": recoverInvite,
  "recover make": recoverMake,
  "recover add": recoverAdd,
  "recover remove": recoverRemove,
  "recover rules": recoverRules,
};
