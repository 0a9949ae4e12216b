import { type ParseArgsConfig, parseArgs } from "node:util";
import { CliError } from "./cli-error.ts";

/** Options as `util.parseArgs` takes them. */
export type OptionSpecs = NonNullable<ParseArgsConfig["options"]>;

/** What was typed after the command's name. */
export class Arguments {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly positionals: readonly string[];
  readonly #usage: string;

  constructor(values: Readonly<Record<string, unknown>>, positionals: readonly string[], usage: string) {
    this.#values = values;
    this.positionals = positionals;
    this.#usage = usage;
  }

  flag(name: string): boolean {
    return this.#values[name] === true;
  }

  find(name: string): string | undefined {
    const value = this.#values[name];
    return typeof value === "string" ? value : undefined;
  }

  all(name: string): string[] {
    const value = this.#values[name];
    return Array.isArray(value) ? value.map(String) : [];
  }

  /** @throws {@link CliError} `E_USAGE` when the option was not given. */
  get(name: string): string {
    const value = this.find(name);
    if (value === undefined || value === "") throw this.usageError(`--${name} is missing.`);
    return value;
  }

  /** @throws {@link CliError} `E_USAGE` when fewer words were given. */
  word(index: number, name: string): string {
    const value = this.positionals[index];
    if (value === undefined || value === "") throw this.usageError(`${name} is missing.`);
    return value;
  }

  usageError(what: string): CliError {
    return new CliError("E_USAGE", what, `Usage: holdfast-agent ${this.#usage}`);
  }
}

/**
 * Reads a command's words strictly: an unknown option, or a value where none belongs, is refused.
 *
 * @throws {@link CliError} `E_USAGE`
 */
export function readArguments(words: readonly string[], options: OptionSpecs, usage: string): Arguments {
  try {
    const { values, positionals } = parseArgs({ args: [...words], options, allowPositionals: true, strict: true });
    return new Arguments(values, positionals, usage);
  } catch (error) {
    const what = error instanceof Error ? (error.message.split(". ")[0] ?? "") : "The command line is wrong";
    throw new CliError("E_USAGE", `${what}.`, `Usage: holdfast-agent ${usage}`);
  }
}

/** Seconds as an ISO 8601 duration of days, or what people write instead. */
export function showDuration(seconds: number): string {
  const days = seconds / 86_400;
  if (!Number.isInteger(days)) return `${seconds} seconds`;
  return days === 1 ? "1 day" : `${days} days`;
}

/**
 * Seconds in an ISO 8601 duration of days, hours, minutes or seconds (`P90D`, `PT1H`).
 *
 * @throws {@link CliError} `E_USAGE`
 */
export function readDurationSeconds(text: string, option: string): number {
  const parts = /^P(?:(\d{1,5})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,5})M)?(?:(\d{1,7})S)?)?$/.exec(text);
  const [days, hours, minutes, seconds] = (parts ?? []).slice(1).map((part) => Number(part ?? 0));
  const total = (days ?? 0) * 86_400 + (hours ?? 0) * 3_600 + (minutes ?? 0) * 60 + (seconds ?? 0);
  if (!parts || total === 0) {
    throw new CliError("E_USAGE", `--${option} ${text} is not a duration.`, "Write it as P90D or PT12H.");
  }
  return total;
}
