import { isPlainText } from "@holdfast/protocol";

const LONGEST = 200;

/**
 * A text that shows exactly what it holds: every character that a reader could not see, or that would begin a line, a header
 * or an escape sequence, is written as `\u{…}`.
 */
export function plainText(text: string): string {
  const normal = text.toWellFormed().normalize("NFC");
  if (isPlainText(normal)) return normal;
  return [...normal].map((character) => (isPlainText(character) ? character : spellOut(character))).join("");
}

/** The same, cut to what one line holds. */
export function plainLine(text: string): string {
  return plainText(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
}

function spellOut(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
