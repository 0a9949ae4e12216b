import {
  decodeBase64url,
  describeRosterChange,
  docHash,
  type IntroductionOf,
  introductionHash,
  parseIntroduction,
  parseRoster,
  type Roster,
  type RosterChangeDescription,
  wordsOf,
} from "@holdfast/protocol";

/** A proposed change as its own bytes say, never as a server describes it. */
export interface ReadLink {
  readonly hash: string;
  readonly roster: Roster;
  readonly words: readonly string[];
  /** Null where this browser has not verified the list that it follows: it was overtaken, or is another's. */
  readonly plain: RosterChangeDescription | null;
  /** The list that it follows, under the same condition. */
  readonly base: Roster | null;
}

/** Reads a change's bytes in this browser; null when they are none, or not the one of this hash. */
export function readLink(
  { doc, hash }: { readonly doc: string; readonly hash: string },
  rosters: readonly { readonly hash: string; readonly roster: Roster }[],
): ReadLink | null {
  try {
    const bytes = decodeBase64url(doc);
    const roster = parseRoster(bytes);
    if (docHash("roster", bytes) !== hash) return null;
    const base = rosters.find((one) => one.hash === roster.prev);
    const plain = base ? describeRosterChange(base.roster, roster) : null;
    return { hash, roster, words: wordsOf(hash), plain, base: base?.roster ?? null };
  } catch {
    return null;
  }
}

/** Somebody who gave passkeys to a key server. */
export interface Newcomer {
  readonly hash: string;
  readonly doc: string;
  readonly introduction: IntroductionOf<"administrator">;
}

/** A replacement key that its holder gave to a key server. */
export interface IntroducedKey {
  readonly hash: string;
  readonly doc: string;
  readonly introduction: IntroductionOf<"replacement-key">;
}

interface Row {
  readonly doc: string;
  readonly hash: string;
}

/** Reads introductions of passkeys in this browser; what is none is left out. */
export function readNewcomers(rows: readonly Row[]): readonly Newcomer[] {
  return rows.flatMap((row) => readOf("administrator", row));
}

/** Reads introductions of replacement keys in this browser; what is none is left out. */
export function readIntroducedKeys(rows: readonly Row[]): readonly IntroducedKey[] {
  return rows.flatMap((row) => readOf("replacement-key", row));
}

function readOf<K extends "administrator" | "replacement-key">(kind: K, { doc, hash }: Row) {
  try {
    const bytes = decodeBase64url(doc);
    const introduction = parseIntroduction(bytes);
    if (introductionHash(bytes) !== hash || introduction.object.kind !== kind) return [];
    return [{ doc, hash, introduction: introduction as IntroductionOf<K> }];
  } catch {
    return [];
  }
}
