import type { AdminClient } from "./admin-client.ts";
import type { Arguments, OptionSpecs } from "./arguments.ts";
import type { Output } from "./output.ts";

/** What a command is given: its words, where to print, and how to reach the agent. */
export interface CommandContext {
  readonly args: Arguments;
  readonly out: Output;
  /** The data folder named by `--data` or HOLDFAST_DATA. @throws CliError `E_USAGE` when neither is there. */
  dataDirectory(): string;
  /** The running agent's socket; one that is starting is waited for. */
  admin(): AdminClient;
  /** The same for what can be done without it: it is waited for only where a start is seen. */
  adminIfServed(): AdminClient;
}

/** One command of the agent's command line; its name and its line of `--help` are in `command-table.ts`. */
export interface Command {
  /** What follows the name, for `--help` and for usage errors. */
  readonly usage: string;
  readonly options: OptionSpecs;
  /** How many words follow the name besides options; none where it is not said. */
  readonly words?: number;
  /** @returns the exit code: 0 done, 3 proposed and waiting for approval. */
  run(context: CommandContext): Promise<number>;
}

/** Exit code of a command that was proposed and waits for approval. */
export const EXIT_PENDING = 3;

/** Options every command takes. */
export const COMMON_OPTIONS: OptionSpecs = {
  data: { type: "string" },
  admin: { type: "string" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
};

/** Options by which a passphrase may be given. */
export const PASSPHRASE_OPTIONS: OptionSpecs = {
  "passphrase-file": { type: "string" },
  "passphrase-fd": { type: "string" },
};
