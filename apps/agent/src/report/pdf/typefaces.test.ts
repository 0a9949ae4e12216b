import { printable } from "@holdfast/custody-report";
import { create, type Font } from "fontkit";
import { expect, test } from "vitest";
import { Typefaces } from "./typefaces.ts";

const LAST = 0x2fff;

test("every character that a report prints has a letter of its own in every typeface", () => {
  for (const file of Object.values(new Typefaces().files)) {
    const font = create(file) as Font;
    const seen = new Map<number, string>();
    for (let code = 0x20; code <= LAST; code++) {
      const char = String.fromCodePoint(code);
      if (printable(char) !== char) continue;
      expect(font.hasGlyphForCodePoint(code), code.toString(16)).toBe(true);
      const { id } = font.glyphForCodePoint(code);
      expect(seen.get(id), code.toString(16)).toBeUndefined();
      seen.set(id, char);
    }
    expect(seen.size).toBeGreaterThan(500);
  }
});
