/** Characters that the report's typefaces all show and that look like nothing else that is left out. */
const PRINTABLE =
  /^[\u0020-\u007e\u00a1-\u00ac\u00ae-\u0113\u0116-\u012b\u012e-\u0131\u0134-\u0137\u0139-\u013e\u0141-\u0148\u014a-\u014d\u0150-\u017e\u0218-\u021b\u0400-\u045f\u1e80-\u1e85\u1ea0-\u1ef9\u2013\u2014\u2018-\u201a\u201c-\u201e\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u20bd\u2116\u2122\u2190-\u2193\u2212\u2248\u2260\u2264\u2265]$/u;

/**
 * Text as it can be printed: any other character stands as its code point, so that two names never look the same on
 * paper when they differ, and every reader derives the same letters.
 */
export function printable(text: string): string {
  return Array.from(text, (char) => (PRINTABLE.test(char) ? char : escapeCharacter(char))).join("");
}

function escapeCharacter(char: string): string {
  return `\\u{${(char.codePointAt(0) ?? 0).toString(16).toUpperCase()}}`;
}
