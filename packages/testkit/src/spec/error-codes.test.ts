import { findErrorText } from "@holdfast/protocol";
import { describe, expect, test } from "vitest";
import { codesInDocument, codesInSources } from "./error-codes.ts";

const documented = codesInDocument();
const sources = codesInSources();
const names = new Set(documented.map(({ code }) => code));

describe("docs/spec/errors.md", () => {
  test("has a row for every code that the sources name", () => {
    const missing = sources.filter(({ code }) => !names.has(code)).map(({ code, files }) => `${code} of ${files[0]}`);
    expect(missing).toEqual([]);
  });

  test("has no row for a code that nothing names", () => {
    const known = new Set(sources.map(({ code }) => code));
    expect([...names].filter((code) => !known.has(code))).toEqual([]);
  });

  test("has one row a code, with a meaning and a next step", () => {
    expect(documented).toHaveLength(names.size);
    for (const { code, meaning, next } of documented) {
      expect(meaning, code).toMatch(/^.{8,}\.$/);
      expect(next, code).toMatch(/^.{8,}\.$/);
    }
  });

  test("says of the protocol's codes what people are shown", () => {
    const said = documented.flatMap(({ code, meaning, next }) => {
      const text = findErrorText(code);
      return text && (text.what !== meaning || text.next !== next) ? [{ code, meaning, next, shown: text }] : [];
    });
    expect(said).toEqual([]);
  });
});
