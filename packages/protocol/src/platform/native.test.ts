import { SoftwareKey } from "@holdfast/testkit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseCoseKey } from "../cose/cose-key.ts";
import { verifySignatureBy } from "../cose/verify-signature.ts";
import { encodeBase64url, encodePortably, findNatively, findPortably } from "../encoding/base64url.ts";
import { hashPortably, sha256, taggedHash } from "../encoding/hash.ts";
import { type Native, native } from "./native.ts";

const node = native as Native;
const KEYS = (["ES256", "EdDSA", "RS256"] as const).map((alg) => SoftwareKey.make(alg, "native"));

test("Node answers as the language alone does: base64url", () => {
  const characters = fc.constantFrom(..."AQgw_-zZ09+/= \n", "é", "\ud800");
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: characters, maxLength: 300 })), (text) => {
      expect(findNatively(text, node)).toEqual(findPortably(text));
    }),
    { numRuns: 2000 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(encodeBase64url(bytes)).toBe(encodePortably(bytes));
      expect(findNatively(encodePortably(bytes), node)).toEqual(new Uint8Array(bytes));
    }),
  );
});

test("Node answers as the language alone does: SHA-256", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(sha256(bytes)).toEqual(hashPortably(bytes));
      const joined = new Uint8Array([...new TextEncoder().encode("tag\0"), ...bytes, ...bytes]);
      expect(taggedHash("tag", bytes, bytes)).toEqual(hashPortably(joined));
    }),
  );
});

test("Node answers as WebCrypto does: signatures, and keys that are none", async () => {
  const cases = fc.record({
    key: fc.constantFrom(...KEYS),
    message: fc.uint8Array({ maxLength: 80 }),
    form: fc.constantFrom("raw" as const, "der" as const),
    change: fc.option(
      fc.tuple(fc.constantFrom("key", "signature", "message"), fc.nat(), fc.integer({ min: 1, max: 255 })),
    ),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ key: signer, message, form, change }) => {
      const signature = new Uint8Array(signer.sign(message, form));
      const bytes = new Uint8Array(message);
      const key = structuredClone(parseCoseKey(signer.cose));
      const [where, at, by] = change ?? ["nothing", 0, 0];
      const numbers = key.alg === "RS256" ? key.n : key.x;
      const changed = { key: numbers, signature, message: bytes, nothing: new Uint8Array(1) }[where] as Uint8Array;
      if (changed.length > 0) changed[at % changed.length] = (changed[at % changed.length] ?? 0) ^ by;
      const natively = await verifySignatureBy(node, key, { signature, bytes, form });
      expect(natively).toBe(await verifySignatureBy(null, key, { signature, bytes, form }));
      if (change === null) expect(natively).toBe(true);
    }),
    { numRuns: 60 },
  );
});
