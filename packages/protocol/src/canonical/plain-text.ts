/**
 * Characters no signed string may hold: C0 and C1 controls, bidi controls, zero-width and other invisible format
 * characters, line and paragraph separators, interlinear annotation, tags, noncharacters.
 */
const FORBIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this finds
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\u{e0000}-\u{e007f}]/u;

/** Whether a signed document may hold the string: well-formed, NFC, and nothing that a reader cannot see. */
export function isPlainText(text: string): boolean {
  return text.isWellFormed() && !FORBIDDEN.test(text) && text.normalize("NFC") === text;
}
