import {
  type Command,
  commandHash,
  countsHosted,
  decodeBase64url,
  describeCommand,
  isRejectable,
  parseCommand,
  wordsOf,
} from "@holdfast/protocol";

/** A command as its bytes say; this page knows nothing of your keys. */
export interface AskedCommand {
  /** base64url of its bytes. */
  readonly doc: string;
  readonly hash: string;
  readonly signed: Command;
  readonly plain: ReturnType<typeof describeCommand>;
  readonly words: readonly string[];
  /** Why it cannot be approved here; null where it can. */
  readonly refused: "counts" | "ahead" | "over" | null;
  /** Whether a rejection stops it. */
  readonly stoppable: boolean;
}

/** How far ahead a command may be dated, in seconds. */
const MOST_AHEAD_SECONDS = 600;

/** Reads a command's bytes as strictly as a key server does. @throws ProtocolError */
export function readAsked(doc: string, now: number): AskedCommand {
  const bytes = decodeBase64url(doc);
  const signed = parseCommand(bytes);
  const hash = commandHash(bytes);
  return {
    ...{ doc, hash, signed, plain: describeCommand(signed), words: wordsOf(hash) },
    refused: !countsHosted(signed)
      ? "counts"
      : signed.issued > now + MOST_AHEAD_SECONDS
        ? "ahead"
        : signed.exp <= now
          ? "over"
          : null,
    stoppable: isRejectable(signed.act),
  };
}
