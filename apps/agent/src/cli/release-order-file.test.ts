import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ReleaseOrder } from "@holdfast/protocol";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readSealedShare } from "./escrow-take.ts";
import { requirePlaceForOrder, writeOrder } from "./release-order-file.ts";

const orderOf = (manifest: string, envelope: string): ReleaseOrder => ({
  ...{ manifest, manifestSig: "c2ln", shares: "c2g", envelope },
});
const ORDER = orderOf("YmFja3Vw", "bmV3");

let base: string;
let path: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "holdfast-order-"));
  path = join(base, "order.json");
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

describe("the order of a release", () => {
  test("is a private file of its own, and nothing is left where it is only asked for", () => {
    requirePlaceForOrder(path, ORDER);
    expect(readdirSync(base)).toEqual([]);
    expect(writeOrder(path, ORDER)).toBe(false);
    expect([JSON.parse(readFileSync(path, "utf8")), statSync(path).mode & 0o777]).toEqual([ORDER, 0o600]);
  });

  test.each([
    ["whole", (text: string) => text],
    ["cut short", (text: string) => text.slice(0, 40)],
  ])(
    "takes the place of an older one of this backup, %s: a release that was killed is begun again as it was",
    (_, cut) => {
      const older = JSON.stringify(orderOf(ORDER.manifest, "b2xk"));
      writeFileSync(path, cut(older), { mode: 0o600 });
      requirePlaceForOrder(path, ORDER);
      expect(readFileSync(path, "utf8")).toBe(cut(older));
      expect(writeOrder(path, ORDER)).toBe(true);
      expect([JSON.parse(readFileSync(path, "utf8")), readdirSync(base)]).toEqual([ORDER, ["order.json"]]);
    },
  );

  test.each([
    ["of another backup", JSON.stringify(orderOf("b3RoZXI", "b2xk"))],
    ["that is something else", "mine"],
  ])("is refused before anybody is asked where a file is there %s, which stays", (_, text) => {
    writeFileSync(path, text);
    expect(() => requirePlaceForOrder(path, ORDER)).toThrowError(
      expect.objectContaining({ code: "E_FILE", message: expect.stringContaining("Nobody was asked") }),
    );
    expect(() => writeOrder(path, ORDER)).toThrowError(expect.objectContaining({ code: "E_FILE" }));
    expect(readFileSync(path, "utf8")).toBe(text);
  });

  test("is refused before anybody is asked where it cannot be written", () => {
    expect(() => requirePlaceForOrder(join(base, "no", "order.json"), ORDER)).toThrowError(
      expect.objectContaining({ code: "E_FILE" }),
    );
  });
});

describe("a custodian's share in a file", () => {
  test("is taken as `escrow give` wrote it", () => {
    const share = { releaseCmd: "r", seat: "s", enc: "e", ct: "c" };
    writeFileSync(path, JSON.stringify(share));
    expect(readSealedShare(path)).toEqual(share);
  });

  test.each([
    ["the order", JSON.stringify(ORDER), /order of a release/],
    ["another document", '{"seat":"s"}', /no custodian's share/],
    ["no document", "share", /no custodian's share/],
  ])("is refused as what it is where a person took %s", (_, text, what) => {
    writeFileSync(path, text);
    expect(() => readSealedShare(path)).toThrowError(
      expect.objectContaining({
        code: "E_FILE",
        message: expect.stringMatching(what),
        next: expect.stringContaining("--out"),
      }),
    );
  });
});
