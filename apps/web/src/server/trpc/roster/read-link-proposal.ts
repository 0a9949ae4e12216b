import type { ProposedLink } from "@holdfast/db";
import { decodeBase64url, docHash, ProtocolError, parseIntroduction, parseRoster } from "@holdfast/protocol";

/** Agents refuse what is dated further ahead, so it is not carried either. */
const MOST_AHEAD_SECONDS = 600;

/**
 * Reads a proposed change of administrators and rules, and keeps its bytes as they are. Whether it follows the newest
 * list and keeps its rules is the key server's to say.
 *
 * @throws {@link ProtocolError} `E_TENANT` for another environment's, `E_EXPIRED`, and those of `parseRoster`
 */
export function readLinkProposal(
  { doc, intros }: { readonly doc: string; readonly intros: readonly string[] },
  tid: string,
  now: number,
): ProposedLink {
  const bytes = decodeBase64url(doc);
  const roster = parseRoster(bytes);
  if (roster.tid !== tid) throw new ProtocolError("E_TENANT", "The change is another environment's.");
  const { seq, issued, acceptBy } = roster;
  if (acceptBy <= now || issued > now + MOST_AHEAD_SECONDS)
    throw new ProtocolError("E_EXPIRED", "The change ran out, or is dated ahead.");
  for (const each of intros) parseIntroduction(decodeBase64url(each));
  return { hash: docHash("roster", bytes), doc, intros, seq, issued, exp: acceptBy };
}
