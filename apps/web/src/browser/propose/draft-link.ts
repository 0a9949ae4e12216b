import {
  changesNothing,
  describeRosterChange,
  docHash,
  draftRoster,
  encodeBase64url,
  encodeRoster,
  type RosterChange,
  type RosterChangeDescription,
  wordsOf,
} from "@holdfast/protocol";
import type { Standing } from "../prove/prove-environment.ts";

/** The exact bytes of a change of administrators and rules, with what they say. */
export interface LinkDraft {
  readonly doc: string;
  readonly hash: string;
  /** The introductions that come with it, base64url. */
  readonly intros: readonly string[];
  readonly words: readonly string[];
  readonly plain: RosterChangeDescription;
  readonly json: string;
  /** Whether it is so already: then there is nothing to propose. */
  readonly unchanged: boolean;
}

/**
 * Builds a change on the newest list that this browser verified.
 *
 * @throws {@link ProtocolError} `E_ROSTER_SCHEMA` for one that leaves no list that keeps the rules
 */
export function draftLink(
  change: RosterChange,
  intros: readonly string[],
  { chain, now }: Pick<Standing, "chain"> & { readonly now: number },
): LinkDraft {
  const next = draftRoster(chain.head, change, now);
  const bytes = encodeRoster(next);
  const hash = docHash("roster", bytes);
  const plain = describeRosterChange(chain.head.roster, next);
  return {
    doc: encodeBase64url(bytes),
    hash,
    intros,
    words: wordsOf(hash),
    plain,
    json: JSON.stringify(next, null, 2),
    unchanged: changesNothing(chain.head.roster, next),
  };
}
