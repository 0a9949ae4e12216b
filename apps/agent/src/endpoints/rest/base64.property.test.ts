import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeBase64 } from "./base64.ts";
import { RestError } from "./errors.ts";

test("reads exactly what an encoder writes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const text = Buffer.from(bytes).toString("base64");
      expect(decodeBase64(text, "x")).toEqual(Buffer.from(bytes));
    }),
  );
});

test("refuses every text that an encoder would not have written", () => {
  const alphabet = fc.constantFrom(..."ABCabc019+/=-_ \n%é".split(""));
  fc.assert(
    fc.property(fc.array(alphabet, { maxLength: 12 }), (characters) => {
      const text = characters.join("");
      const canonical = Buffer.from(text, "base64").toString("base64") === text;
      if (canonical) expect(decodeBase64(text, "x").toString("base64")).toBe(text);
      else expect(() => decodeBase64(text, "x")).toThrow(RestError);
    }),
    { numRuns: 5000 },
  );
});
