/**
 * Characters no signed string may hold: C0 and C1 controls, bidi controls, line and paragraph separators, everything
 * that Unicode calls default-ignorable (zero width, joiners, fillers, variation selectors, tags), interlinear annotation,
 * noncharacters. Written out, so that it does not follow a platform's Unicode version.
 */
const FORBIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this finds
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: each of them is forbidden by itself
  /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]/u;
/** The last two code points of the planes above the first. */
const NONCHARACTER =
  /[\u{1fffe}\u{1ffff}\u{2fffe}\u{2ffff}\u{3fffe}\u{3ffff}\u{4fffe}\u{4ffff}\u{5fffe}\u{5ffff}\u{6fffe}\u{6ffff}\u{7fffe}\u{7ffff}\u{8fffe}\u{8ffff}\u{9fffe}\u{9ffff}\u{afffe}\u{affff}\u{bfffe}\u{bffff}\u{cfffe}\u{cffff}\u{dfffe}\u{dffff}\u{efffe}\u{effff}\u{ffffe}\u{fffff}\u{10fffe}\u{10ffff}]/u;

/** What most strings are made of: all of it may be seen, none of it has a second form. */
const PRINTABLE_ASCII = /^[ -~]*$/;

/**
 * Whether a signed document may hold the string: well-formed, NFC, and nothing that a reader cannot see.
 *
 * @see docs/spec/canonical-bytes.md section 3
 */
export function isPlainText(text: string): boolean {
  if (PRINTABLE_ASCII.test(text)) return true;
  return text.isWellFormed() && !FORBIDDEN.test(text) && !NONCHARACTER.test(text) && text.normalize("NFC") === text;
}

/** White space and what shows as white space, at either end of a text. */
const BLANK_END = /^[\s\u2800]|[\s\u2800]$/;

/**
 * Whether people can call something by the text: plain text that is not empty and has nothing at its ends that cannot be seen.
 * Documents of before, in which names with such ends stand, are read as ever: a key server asks this of new names.
 *
 * @see docs/spec/command.md section 2
 */
export function isName(text: string): boolean {
  return text !== "" && isPlainText(text) && !BLANK_END.test(text);
}

/** What of a text from outside may be shown: nothing that a reader cannot see, nor what ends a quotation; no longer than that. */
export function shownText(text: string, most: number): string {
  const seen = [...text.normalize("NFC")]
    .filter((each) => isPlainText(each) && !/[“”]/.test(each))
    .join("")
    .trim();
  return seen.length > most ? `${seen.slice(0, most)}…` : seen;
}
