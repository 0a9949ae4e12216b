import type { Verified } from "../brand.ts";
import type { Command } from "../command/command.ts";
import { decodeBase64url } from "../encoding/base64url.ts";
import { ProtocolError } from "../errors.ts";
import { type Introduction, introductionHash, parseIntroduction } from "./introduction.ts";
import { introductionsOf } from "./introductions-of.ts";

/** What a command's introductions say, by their hashes. */
export type VerifiedIntroductions = Verified<ReadonlyMap<string, Introduction>>;

/** How far an agent's clock may have been ahead when it took an introduction, in seconds. */
const AHEAD_SECONDS = 600;

/**
 * Holds the introductions of an envelope against its command: exactly those that the command names, each of the kind
 * that its argument takes, given to the command's own domain, and not over.
 *
 * Caller must: know besides, before anything is done, that this agent took each of them itself; the documents carry no
 * signature.
 *
 * @param intros - The envelope's introductions, base64url.
 * @param at - When the command was accepted, Unix seconds.
 * @throws {@link ProtocolError} `E_INTRO`
 * @see docs/spec/introduction.md
 */
export function verifyIntroductions(command: Command, intros: readonly string[], at: number): VerifiedIntroductions {
  const named = introductionsOf(command);
  const found = new Map<string, Introduction>();
  for (const text of intros) {
    const bytes = decodeBase64url(text);
    const hash = introductionHash(bytes);
    if (found.has(hash) || !named.some((each) => each.hash === hash))
      throw refused("The envelope brings an introduction that the command does not name.");
    found.set(hash, read(bytes));
  }
  for (const { hash, kind } of named) {
    const introduction = found.get(hash);
    if (introduction === undefined) throw refused("The command names an introduction that is not there.");
    if (introduction.object.kind !== kind) throw refused("What was introduced is of another kind.");
    if (introduction.tid !== command.tid) throw refused("It was introduced to another environment.");
    if (at > introduction.until || introduction.issued > at + AHEAD_SECONDS) throw refused("The introduction is over.");
  }
  return found as unknown as VerifiedIntroductions;
}

function read(bytes: Uint8Array): Introduction {
  try {
    return parseIntroduction(bytes);
  } catch (error) {
    if (error instanceof ProtocolError) throw refused("An introduction cannot be read.");
    throw error;
  }
}

function refused(message: string): ProtocolError {
  return new ProtocolError("E_INTRO", message);
}
