import { expect, test } from "vitest";
import { pageName, pageNameFault } from "./page-name.ts";

test("a page is called by a whole name as browsers spell it", () => {
  const names = [
    "keys.example.com",
    "KEYS.Example.com",
    "schlüssel.example.com",
    "keys.example.co.uk",
    "keys.internal",
    "a.b.c.d",
    `${"a".repeat(63)}.example.com`,
    "xn--schlssel-95a.example",
  ];
  expect(names.map((name) => pageNameFault(pageName(name)))).toEqual(names.map(() => null));
  expect(pageName("Schlüssel.example.com")).toBe("xn--schlssel-95a.example.com");
  expect(pageName("KEYS.Example.com")).toBe("keys.example.com");
});

test("what is no name, nobody's, or everybody's is refused with its reason", () => {
  const faults: [string, RegExp][] = [
    ["keys", /one label/],
    ["com", /one label/],
    [`${"a".repeat(64)}.example.com`, /63/],
    [`${"a.".repeat(126)}com`, /253/],
    ["xn--bad.example.com", /Punycode/],
    ["keys.xn--a-ecp.com", /Punycode/],
    ["ab--cd.example.com", /Punycode/],
    ["-keys.example.com", /hyphens/],
    ["keys-.example.com", /hyphens/],
    ["a_b.example.com", /letters/],
    ["keys..example.com", /letters/],
    ["keys.example.com.", /letters/],
    ["*.example.com", /letters/],
    ["keys example.com", /letters/],
    ["", /one label/],
    ["10.0.0.1", /IP addresses/],
    ["co.uk", /registry/],
    ["com.au", /registry/],
    ["keys.localhost", /localhost/],
    ["keys.invalid", /invalid/],
    ["keys.onion", /onion/],
  ];
  for (const [name, why] of faults) expect(pageNameFault(pageName(name)) ?? "taken", name).toMatch(why);
});
