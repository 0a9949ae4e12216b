import { join } from "node:path";

/** How the agent's command line is called where a text is read: what precedes a command, and what follows it. */
export interface CommandLineAs {
  readonly program: string;
  readonly options: readonly string[];
}

/** In a checkout the program is npm's to find; installed, it is on the path. */
const PROGRAM = import.meta.dirname.includes("/node_modules/") ? "holdfast-agent" : "npx holdfast-agent";
const PLAIN_WORD = /^[\w@%+=:,./-]+$/;
/** A command between backquotes, with whatever follows its name. */
const COMMAND = /`holdfast-agent ([^`]+)`/g;
/** What takes no data folder, or names it itself. */
const COMPLETE = /--data|--help|--standalone/;

/** The command line as it reaches an agent: by its data folder, and by its socket where that is elsewhere. */
export function commandLineTo(place: {
  dataDirectory?: string | undefined;
  admin?: string | undefined;
}): CommandLineAs {
  const { dataDirectory, admin } = place;
  const data = dataDirectory === undefined ? [] : ["--data", quote(dataDirectory)];
  const isUsual = admin === undefined || (dataDirectory !== undefined && admin === join(dataDirectory, "admin.sock"));
  return { program: PROGRAM, options: isUsual ? data : [...data, "--admin", quote(admin)] };
}

/** One command as it works when it is pasted: `claim` becomes `npx holdfast-agent claim --data ./agent`. */
export function spellCommand(words: string, { program, options }: CommandLineAs): string {
  return [program, words, ...(COMPLETE.test(words) ? [] : options)].join(" ");
}

/** A text for a person with every command in it, between backquotes, as it works when it is pasted. */
export function spellCommands(text: string, as: CommandLineAs): string {
  return text.replaceAll(COMMAND, (_, words: string) => `\`${spellCommand(words, as)}\``);
}

function quote(word: string): string {
  return PLAIN_WORD.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
