import {
  decodeBase64url,
  describeRosterChange,
  docHash,
  parseRoster,
  type Roster,
  type RosterChangeDescription,
  verifyLinkIntroductions,
} from "@holdfast/protocol";
import type { PageLink } from "../agent-page.ts";
import type { ShownIntroduction } from "../show/command.ts";

/** A change of administrators and rules as its signed bytes say, beside those of the list that it follows. */
export interface ShownLink {
  readonly link: PageLink;
  readonly next: Roster;
  /** Null where the key server has no such list: then nothing can be compared or approved. */
  readonly plain: RosterChangeDescription | null;
  /** Everybody who is introduced by it; null where somebody is not, and nothing can be approved. */
  readonly introductions: readonly ShownIntroduction[] | null;
}

/**
 * Reads the signed bytes; what is shown comes from them and from the key server's own list, nothing else.
 *
 * @throws {@link ProtocolError} for bytes that are no change, or not the one of this hash
 */
export function readShownLink(link: PageLink): ShownLink {
  const bytes = decodeBase64url(link.doc);
  const next = parseRoster(bytes);
  if (docHash("roster", bytes) !== link.hash) throw new RangeError("These are not the bytes of this change.");
  const old = link.base === null ? null : parseRoster(decodeBase64url(link.base));
  if (old === null) return { link, next, plain: null, introductions: null };
  return { link, next, plain: describeRosterChange(old, next), introductions: introductionsIn(link, old, next) };
}

/** The introductions, held against the bytes here as well. */
function introductionsIn(link: PageLink, old: Roster, next: Roster): readonly ShownIntroduction[] | null {
  try {
    const verified = verifyLinkIntroductions(old, { tid: next.tid ?? "", roster: next }, link.intros, next.issued);
    return [...verified].map(([hash, introduction]) => ({ hash, introduction }));
  } catch {
    return null;
  }
}
