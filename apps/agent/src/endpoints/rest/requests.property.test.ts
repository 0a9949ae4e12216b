import { HoldfastError } from "@holdfast/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readJson, readQuery } from "./read-request.ts";
import { findRoute, ROUTES } from "./router.ts";

/** Runs something on hostile input: a value, or one of our refusals. */
function isTyped(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch (cause) {
    return cause instanceof HoldfastError;
  }
}

test("any body of any route is read or refused by code, never anything else", () => {
  const bodies = fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    fc.json().map((text) => Buffer.from(text)),
    fc
      .record({ items: fc.anything(), plaintext: fc.anything(), bytes: fc.anything() })
      .map((value) => Buffer.from(safeJson(value))),
  );
  fc.assert(
    fc.property(fc.constantFrom(...ROUTES), bodies, ({ body }, bytes) => {
      if (body !== undefined) expect(isTyped(() => readJson(body, bytes))).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test("any path and query is routed or refused by code, never anything else", () => {
  const texts = fc.oneof(
    fc.string({ maxLength: 60 }),
    fc.webPath(),
    fc.constantFrom("/v1/keys/", "/v1/keys//encrypt", "/v1/keys/%2e%2e"),
  );
  fc.assert(
    fc.property(fc.constantFrom("GET", "POST", "PUT"), texts, fc.webQueryParameters(), (method, path, search) => {
      expect(isTyped(() => findRoute(method, `${path}?${search}`))).toBe(true);
      for (const { query } of ROUTES) expect(isTyped(() => readQuery(query, search))).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

function safeJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "null";
  } catch {
    return "null";
  }
}
