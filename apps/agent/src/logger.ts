/**
 * The agent's log: one JSON object a line, events with public fields only.
 *
 * A field is a string, number or boolean that may be read by anyone who operates the host. Bytes are refused by
 * the type, so that key material, passphrases and tokens cannot be logged by passing the wrong variable. So are the
 * names of what every line says by itself.
 */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>> & {
  readonly at?: never;
  readonly level?: never;
  readonly event?: never;
};

/** Where log lines go; `stderr` in production, an array in tests. */
export type LogSink = (line: string) => void;

export interface Logger {
  /** Something that happened and is as it should be. */
  info(event: string, fields?: LogFields): void;
  /** Something a person should look at; the agent goes on. */
  warn(event: string, fields?: LogFields): void;
  /** Something that failed. */
  error(event: string, fields?: LogFields): void;
}

/**
 * Makes a logger that writes JSON lines to `sink`.
 *
 * @param sink - Takes one line without its newline.
 * @param now - Milliseconds since the epoch, for the `at` field.
 */
export function createLogger(sink: LogSink, now: () => number = Date.now): Logger {
  const write = (level: string, event: string, fields: LogFields = {}) => {
    sink(spellOut(JSON.stringify({ at: new Date(now()).toISOString(), level, event, ...fields })));
  };
  return {
    info: (event, fields) => write("info", event, fields),
    warn: (event, fields) => write("warn", event, fields),
    error: (event, fields) => write("error", event, fields),
  };
}

/** What JSON leaves as it is and a terminal or a reader's eye would obey: C1 controls, bidi controls, zero width, separators. */
const UNSEEN = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

function spellOut(json: string): string {
  return json.replace(UNSEEN, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** The logger of a running agent: JSON lines on standard error. */
export function createProcessLogger(): Logger {
  return createLogger((line) => process.stderr.write(`${line}\n`));
}

/** Says nothing; for commands that report by themselves. */
export const silentLogger: Logger = { info() {}, warn() {}, error() {} };
