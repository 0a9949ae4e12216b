import { SoftwareKey } from "@holdfast/testkit";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HoldfastError } from "../errors.ts";
import { readCbor } from "./cbor.ts";
import { parseCoseKey } from "./cose-key.ts";
import { derOfRaw, findRawEcdsa } from "./ecdsa-der.ts";
import { importVerifyingKey, verifySignature } from "./verify-signature.ts";

const KEYS = (["ES256", "EdDSA", "RS256"] as const).map((alg) => SoftwareKey.make(alg, "property"));

describe("keys and signatures", () => {
  test("any bytes are CBOR or refused by code", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          expect(readCbor(bytes).end).toBeLessThanOrEqual(bytes.length);
        } catch (error) {
          expect(error).toBeInstanceOf(HoldfastError);
        }
      }),
      { numRuns: 5000 },
    );
  });

  test("a key with any byte changed is another key or refused by code, and verifies nothing of the first", async () => {
    const message = new TextEncoder().encode("message");
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...KEYS),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async (key, at, change) => {
          const bytes = new Uint8Array(key.cose);
          bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ change;
          try {
            expect(await verifySignature(parseCoseKey(bytes), key.sign(message), message, "raw")).toBe(false);
          } catch (error) {
            expect(error).toBeInstanceOf(HoldfastError);
          }
        },
      ),
    );
  });

  test("any bytes are a signature that does not fit, never an error", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...KEYS),
        fc.oneof(fc.uint8Array({ maxLength: 80 }), fc.uint8Array({ minLength: 64, maxLength: 64 })),
        fc.constantFrom("raw" as const, "der" as const),
        async (key, signature, form) => {
          expect(await verifySignature(parseCoseKey(key.cose), signature, new Uint8Array(3), form)).toBe(false);
        },
      ),
    );
  });

  test("strict DER has one spelling", () => {
    const [key] = KEYS;
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 20 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (message, at, change) => {
          const raw = key?.sign(message) ?? new Uint8Array();
          const der = key?.sign(message, "der") ?? new Uint8Array();
          expect(findRawEcdsa(der)).toEqual(raw);
          expect(derOfRaw(raw)).toEqual(der);
          der[at % der.length] = (der[at % der.length] ?? 0) ^ change;
          expect(findRawEcdsa(der)).not.toEqual(raw);
        },
      ),
    );
  });

  test("numbers of any size are written as strict DER and read again; zero is none", () => {
    const number = fc
      .uint8Array({ minLength: 1, maxLength: 32 })
      .map((bytes) => new Uint8Array([...new Uint8Array(32 - bytes.length), ...bytes]));
    fc.assert(
      fc.property(number, number, (r, s) => {
        const isNone = [r, s].some((one) => one.every((byte) => byte === 0));
        const raw = new Uint8Array([...r, ...s]);
        expect(findRawEcdsa(derOfRaw(raw))).toEqual(isNone ? null : raw);
      }),
    );
  });

  test("numbers that are no key are refused by code when they are imported", async () => {
    const [es256] = KEYS;
    const off = parseCoseKey(es256?.cose ?? new Uint8Array());
    const beside = off.alg === "ES256" ? { ...off, y: new Uint8Array(32).fill(1) } : off;
    await expect(importVerifyingKey(beside)).rejects.toMatchObject({ code: "E_CANON" });
    expect((await importVerifyingKey(off)).type).toBe("public");
  });
});
