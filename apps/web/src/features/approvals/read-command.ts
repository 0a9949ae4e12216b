import { type Command, commandHash, decodeBase64url, describeCommand, parseCommand, wordsOf } from "@holdfast/protocol";

/** A command as its own bytes say, never as a server describes it. */
export interface ReadCommand {
  readonly command: Command;
  readonly hash: string;
  readonly words: readonly string[];
  readonly plain: {
    readonly title: string;
    readonly tag: string;
    readonly danger: boolean;
    readonly lines: readonly string[];
  };
}

/** Reads a command's bytes in this browser; null when they are not a command or not the one of this hash. */
export function readCommand(doc: string, hash: string): ReadCommand | null {
  try {
    const bytes = decodeBase64url(doc);
    const command = parseCommand(bytes);
    if (commandHash(bytes) !== hash) return null;
    return { command, hash, words: wordsOf(hash), plain: describeCommand(command) };
  } catch {
    return null;
  }
}
