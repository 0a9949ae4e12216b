import { type ParseArgsConfig, parseArgs } from "node:util";
import { isName, isPlainText } from "@holdfast/protocol";
import { CliError } from "./cli-error.ts";
import { readTime } from "./read-time.ts";

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

  /** The command's own name, such as `key create`. */
  get command(): string {
    return /^[a-z][a-z-]*(?: [a-z][a-z-]*)*/.exec(this.#usage)?.[0] ?? "";
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

  /** @throws {@link CliError} `E_USAGE` when the option was not given, or with nothing. */
  get(name: string): string {
    const value = this.find(name);
    if (value === undefined) throw this.usageError(`--${name} is missing.`);
    if (value === "") throw this.usageError(`--${name} is empty.`);
    return value;
  }

  /**
   * A name that people read: 1 to 128 characters of one line, without spaces at its ends.
   *
   * @throws {@link CliError} `E_USAGE`
   */
  name(option: string): string {
    const value = this.get(option);
    this.#assertPlain(value, option, 128);
    if (isName(value)) return value;
    throw this.usageError(`--${option} is nothing but spaces, or has spaces at its ends.`);
  }

  /** Words that people read, also none. @throws {@link CliError} `E_USAGE` */
  words(option: string, most: number): string {
    const value = this.find(option) ?? "";
    this.#assertPlain(value, option, most);
    return value;
  }

  #assertPlain(value: string, option: string, most: number): void {
    if (value.length > most) throw this.usageError(`--${option} has ${value.length} characters; ${most} is the most.`);
    if (isPlainText(value)) return;
    throw this.usageError(
      `--${option} has characters that people could not read or would be deceived by, such as line breaks or control characters.`,
    );
  }

  /** Unix seconds of a time as ISO 8601 writes it. @throws {@link CliError} `E_USAGE` */
  time(option: string): number | undefined {
    const text = this.find(option);
    if (text === undefined) return undefined;
    const read = readTime(text);
    if (typeof read === "number") return read;
    throw this.usageError(
      read === "no-zone"
        ? `--${option} ${text} names no zone: times are UTC (Z) or say their offset; write 2027-01-31T03:00Z.`
        : `--${option} ${text} is no time; write 2027-01-31T03:00Z.`,
    );
  }

  /** A whole number of a range; `otherwise` where it was not given. @throws {@link CliError} `E_USAGE` */
  number(option: string, otherwise: number, least: number, most: number): number {
    const text = this.find(option);
    if (text === undefined) return otherwise;
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw this.usageError(`--${option} ${text} is not a number from ${least} to ${most}.`);
  }

  /** @throws {@link CliError} `E_USAGE` when fewer words were given. */
  word(index: number, name: string): string {
    const value = this.positionals[index];
    if (value === undefined) throw this.usageError(`${name} is missing.`);
    if (value === "") throw this.usageError(`${name} is empty.`);
    return value;
  }

  usageError(what: string): CliError {
    return new CliError("E_USAGE", what, `Usage: holdfast-agent ${this.#usage}`);
  }
}

/**
 * Reads a command's words strictly: an unknown option, a value where none belongs, or a second value for an option that takes
 * one, is refused.
 *
 * @throws {@link CliError} `E_USAGE`
 */
export function readArguments(words: readonly string[], options: OptionSpecs, usage: string): Arguments {
  const args = parsed(words, options, usage);
  const twice = args.tokens.find(
    (token, at) =>
      token.kind === "option" &&
      options[token.name]?.type === "string" &&
      options[token.name]?.multiple !== true &&
      args.tokens.slice(0, at).some((before) => before.kind === "option" && before.name === token.name),
  );
  if (twice?.kind === "option")
    throw new CliError(
      "E_USAGE",
      `--${twice.name} is given twice; it takes one value.`,
      `Usage: holdfast-agent ${usage}`,
    );
  return new Arguments(args.values, args.positionals, usage);
}

/** A hash as it is written may begin with a dash; no option looks like one. */
const DASHED_HASH = /^-[A-Za-z0-9_-]{42}$/;
/** Stands before such a word while options are looked for: no word of a command line can have it. */
const WORD_MARK = "\0";

function parsed(words: readonly string[], options: OptionSpecs, usage: string) {
  const args = words.map((word) => (DASHED_HASH.test(word) ? WORD_MARK + word : word));
  const asTyped = <T>(value: T) => (typeof value === "string" ? value.replace(WORD_MARK, "") : value);
  try {
    const { values, positionals, tokens } = parseArgs({
      args,
      options,
      allowPositionals: true,
      strict: true,
      tokens: true,
    });
    const typed = Object.entries(values).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(asTyped) : asTyped(value),
    ]);
    return { values: Object.fromEntries(typed), positionals: positionals.map(asTyped), tokens };
  } catch (error) {
    const said = error instanceof Error ? error.message : "The command line is wrong";
    const [, option] = /^Option '(?:-\w, )?--([\w-]+).*' argument is ambiguous/.exec(said) ?? [];
    const what =
      option === undefined
        ? (said.split(/\.\s/)[0]?.replace(/\.$/, "") ?? "")
        : `--${option} has no value; one that begins with a dash is written --${option}=-5`;
    throw new CliError("E_USAGE", `${what}.`, `Usage: holdfast-agent ${usage}`);
  }
}

/** Seconds as an ISO 8601 duration of days, or what people write instead. */
export function showDuration(seconds: number): string {
  const days = seconds / 86_400;
  if (!Number.isInteger(days)) return `${seconds} seconds`;
  return days === 1 ? "1 day" : `${days} days`;
}

/** The least and the most seconds that a duration may have. */
export interface DurationRange {
  readonly least: number;
  readonly most: number;
}

const DAY_SECONDS = 86_400;
/** Of what is counted in days: a day to ten years. */
export const DAY_TO_TEN_YEARS: DurationRange = { least: DAY_SECONDS, most: 3650 * DAY_SECONDS };

/**
 * Seconds in an ISO 8601 duration of days, hours, minutes or seconds (`P90D`, `PT1H`).
 *
 * @throws {@link CliError} `E_USAGE`
 */
export function readDurationSeconds(text: string, option: string, range?: DurationRange): number {
  const parts = /^P(?:(\d{1,9})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?$/.exec(text);
  if (!parts || !/\d/.test(text))
    throw new CliError("E_USAGE", `--${option} ${text} is not a duration.`, "Write it as P90D or PT12H.");
  const [days, hours, minutes, seconds] = parts.slice(1).map((part) => Number(part ?? 0));
  const total = (days ?? 0) * DAY_SECONDS + (hours ?? 0) * 3_600 + (minutes ?? 0) * 60 + (seconds ?? 0);
  const { least, most } = range ?? { least: 1, most: 3 * DAY_TO_TEN_YEARS.most };
  if (total >= least && total <= most) return total;
  const which = total < least ? "shorter" : "longer";
  const bounds = range ? `It is ${isoDuration(least)} to ${isoDuration(most)}.` : "Write it as P90D or PT12H.";
  throw new CliError("E_USAGE", `--${option} ${text} is ${which} than it may be.`, bounds);
}

function isoDuration(seconds: number): string {
  return seconds % DAY_SECONDS === 0 ? `P${seconds / DAY_SECONDS}D` : `PT${seconds}S`;
}
