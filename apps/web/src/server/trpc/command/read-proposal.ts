import type { ProposedCommand } from "@holdfast/db";
import { commandHash, decodeBase64url, ProtocolError, parseCommand } from "@holdfast/protocol";

/** Agents refuse what is dated further ahead, so it is not carried either. */
const MOST_AHEAD_SECONDS = 600;

/**
 * Reads a proposed command as strictly as an agent will, and keeps its bytes as they are.
 *
 * @throws {@link ProtocolError} `E_TENANT` for another environment's, `E_EXPIRED`, and those of `parseCommand`
 */
export function readProposal(doc: string, tid: string, now: number): ProposedCommand {
  const bytes = decodeBase64url(doc);
  const command = parseCommand(bytes);
  if (command.tid !== tid) throw new ProtocolError("E_TENANT", "The command is another environment's.");
  if (command.exp <= now || command.issued > now + MOST_AHEAD_SECONDS) {
    throw new ProtocolError("E_EXPIRED", "The command ran out, or is dated ahead.");
  }
  const { act, issued, exp, target } = command;
  const subject = target === undefined ? null : target.kind === "key" ? target.keyId : target.client;
  return { hash: commandHash(bytes), doc, act, subject, issued, exp };
}
