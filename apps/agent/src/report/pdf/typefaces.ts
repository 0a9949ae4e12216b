import { readFileSync } from "node:fs";
import { create, type Font } from "fontkit";
import type { Face } from "./style.ts";

const FILES: Record<Face, string> = {
  regular: "Geist-Regular.ttf",
  medium: "Geist-Medium.ttf",
  semibold: "Geist-SemiBold.ttf",
  mono: "GeistMono-Regular.ttf",
};

const FACES = Object.keys(FILES) as Face[];

/** The report's typefaces: their bytes for embedding, and which characters they can all show. */
export class Typefaces {
  readonly files: Readonly<Record<Face, Buffer>>;
  readonly #fonts: readonly Font[];

  constructor() {
    const read = (face: Face) => readFileSync(new URL(`../fonts/${FILES[face]}`, import.meta.url));
    this.files = { regular: read("regular"), medium: read("medium"), semibold: read("semibold"), mono: read("mono") };
    this.#fonts = FACES.map((face) => create(this.files[face]) as Font);
  }

  /**
   * Text as it can be printed: a character that the typefaces lack, or that would show as nothing, stands as its code
   * point, so that two labels never look the same on paper when they differ.
   */
  printable(text: string): string {
    return Array.from(text, (char) => (this.#isPrintable(char) ? char : escapeCharacter(char))).join("");
  }

  #isPrintable(char: string): boolean {
    if (/^[\p{C}\p{Zl}\p{Zp}]$/u.test(char)) return false;
    return this.#fonts.every((font) => font.hasGlyphForCodePoint(char.codePointAt(0) ?? 0));
  }
}

function escapeCharacter(char: string): string {
  return `\\u{${(char.codePointAt(0) ?? 0).toString(16).toUpperCase()}}`;
}
