import { join, resolve } from "node:path";
import { commandLineTo, spellCommands } from "../spell-command.ts";
import { AGENT_VERSION } from "../version.ts";
import { type AdminClient, createAdminClient } from "./admin-client.ts";
import { readArguments } from "./arguments.ts";
import { CliError } from "./cli-error.ts";
import type { CommandContext } from "./command.ts";
import { COMMANDS, type ListedCommand } from "./command-table.ts";
import { createOutput, printFailure } from "./output.ts";

const EXIT_CODES: Partial<Record<string, number>> = { E_USAGE: 2, E_STOPPED: 130 };

/** What the command line takes from its surroundings. */
export interface CommandLineEnvironment {
  /** HOLDFAST_DATA: the data folder when `--data` is not given. */
  readonly dataDirectory?: string | undefined;
}

/**
 * Runs one command line.
 *
 * @param words - What was typed after `holdfast-agent`.
 * @returns the exit code: 0 done, 1 refused or failed, 2 the command line is wrong, 3 waiting for approval, 130 ended
 * by the person at a question.
 */
export async function runCommandLine(words: readonly string[], environment: CommandLineEnvironment): Promise<number> {
  const found = findCommand(words);
  const wantsJson = words.includes("--json");
  let spell = (text: string) => spellCommands(text, commandLineTo({}));
  if (!found) {
    if (words[0] === "--version" || words[0] === "version") {
      const version = { version: AGENT_VERSION, node: process.versions.node };
      process.stdout.write(
        wantsJson ? `${JSON.stringify(version)}\n` : `holdfast-agent ${AGENT_VERSION}, Node ${version.node}\n`,
      );
      return 0;
    }
    if (words.length === 0 || words.includes("--help") || words.includes("-h") || words[0] === "help") {
      process.stdout.write(`${overview(words)}\n`);
      return 0;
    }
    printFailure(unknownCommand(words), wantsJson, spell);
    return 2;
  }
  const { listed, rest } = found;
  try {
    const command = await listed.load();
    const usage = `${listed.name} ${command.usage}`.trim();
    const args = readArguments(rest, command.options, usage);
    const typed = commandLineTo({ dataDirectory: args.find("data"), admin: args.find("admin") });
    spell = (text) => spellCommands(text, typed);
    if (args.flag("help")) {
      process.stdout.write(`${listed.summary}\n\n  holdfast-agent ${usage}\n`);
      return 0;
    }
    const surplus = args.positionals[command.words ?? 0];
    if (surplus !== undefined) throw args.usageError(`${surplus} is one word too many.`);
    const dataDirectory = () => {
      const named = args.find("data") ?? environment.dataDirectory;
      if (!named) throw args.usageError("--data DIR is missing: the agent's data folder (or set HOLDFAST_DATA).");
      return resolve(named);
    };
    const out = createOutput(args.flag("json"), spell);
    const clients = new Map<boolean, AdminClient>();
    const clientOf = (patient: boolean): AdminClient => {
      const known = clients.get(patient);
      if (known !== undefined) return known;
      const socket = args.find("admin") ?? join(dataDirectory(), "admin.sock");
      const hasFolder = (args.find("data") ?? environment.dataDirectory) !== undefined;
      const findStarting = async () => {
        const { StartingServer } = await import("./starting-server.ts");
        return new StartingServer({ dataDirectory: dataDirectory(), patient, say: out.say });
      };
      const client = createAdminClient(socket, hasFolder ? findStarting : null);
      clients.set(patient, client);
      return client;
    };
    const context: CommandContext = {
      ...{ args, out, dataDirectory },
      admin: () => clientOf(true),
      adminIfServed: () => clientOf(false),
    };
    return await command.run(context);
  } catch (error) {
    printFailure(error, wantsJson, spell);
    return error instanceof CliError ? (EXIT_CODES[error.code] ?? 1) : 1;
  }
}

function findCommand(words: readonly string[]): { listed: ListedCommand; rest: string[] } | null {
  for (const listed of COMMANDS) {
    const name = listed.name.split(" ");
    if (name.every((word, index) => words[index] === word)) return { listed, rest: words.slice(name.length) };
  }
  return null;
}

/** Names the commands that begin with the same word, where there are some. */
function unknownCommand(words: readonly string[]): CliError {
  const [group = "", verb = ""] = words;
  const named = verb.startsWith("-") ? group : `${group} ${verb}`.trim();
  const near = COMMANDS.map(({ name }) => name).filter((name) => name.startsWith(`${group} `));
  const next = near.length > 0 ? `There are: ${near.join(", ")}.` : "See `holdfast-agent --help`.";
  return new CliError("E_USAGE", `There is no command "${named.slice(0, 60)}" in this version.`, next);
}

/** Every command, or those of the group that is asked about. */
function overview(words: readonly string[]): string {
  const group = words.find((word) => COMMANDS.some(({ name }) => name.startsWith(`${word} `)));
  const shown = COMMANDS.filter(({ name }) => group === undefined || name.split(" ")[0] === group);
  const width = Math.max(...shown.map(({ name }) => name.length));
  return [
    group === undefined
      ? "holdfast-agent: holds your keys and obeys only your administrators."
      : `holdfast-agent ${group}: (all commands: \`holdfast-agent --help\`)`,
    "",
    ...shown.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    "",
    "Every command takes --data DIR (or HOLDFAST_DATA), --json and --help; `holdfast-agent --version` says which this is.",
  ].join("\n");
}
