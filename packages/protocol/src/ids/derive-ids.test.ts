import { createHash, createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeBase32, encodeBase32 } from "../encoding/base32.ts";
import { decodeBase64url, encodeBase64url } from "../encoding/base64url.ts";
import { docHash, hmacSha256 } from "../encoding/hash.ts";
import { deriveAid, deriveClientKeyId, deriveKeyId, deriveTid } from "./derive-ids.ts";

const bytes = fc.uint8Array({ maxLength: 100 });
const sha = (...parts: readonly (string | Uint8Array)[]) => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const idOf = (digest: Buffer) => encodeBase32(digest.subarray(0, 16));

describe("hashes and identifiers", () => {
  test("are those that another implementation of SHA-256 gives", () => {
    fc.assert(
      fc.property(bytes, fc.nat({ max: 999 }), (given, index) => {
        expect(docHash("cmd", given)).toBe(sha("holdfast/cmd/v1\0", given).toString("base64url"));
        expect(deriveTid(given)).toBe(idOf(sha("holdfast/tid/v1\0", given)));
        expect(deriveAid(given)).toBe(`a_${idOf(sha("holdfast/aid/v1\0", given))}`);
        const item = Buffer.alloc(4);
        item.writeUInt32BE(index);
        const command = sha(given);
        const expected = `k_${idOf(sha("holdfast/keyid/v1\0", command, item))}`;
        expect(deriveKeyId(command.toString("base64url"), index)).toBe(expected);
        expect(Buffer.from(hmacSha256(given, given))).toEqual(createHmac("sha256", given).update(given).digest());
      }),
    );
  });

  test("are 26 characters, and differ where anything that they name differs", () => {
    const hash = docHash("cmd", new Uint8Array());
    const ids = [0, 1, 2, 999].map((index) => deriveKeyId(hash, index));
    ids.push(deriveClientKeyId("t", "c", new Uint8Array(16)), deriveClientKeyId("t", "d", new Uint8Array(16)));
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^k_[a-z2-7]{26}$/);
  });

  test("of another kind of document are others", () => {
    const kinds = ["cmd", "roster", "receipt", "leaf", "state", "attest", "env"];
    expect(new Set(kinds.map((typ) => docHash(typ, new Uint8Array()))).size).toBe(kinds.length);
  });
});

describe("base64url and base32", () => {
  test("read back what they wrote, as Node writes it", () => {
    fc.assert(
      fc.property(bytes, (given) => {
        expect(encodeBase64url(given)).toBe(Buffer.from(given).toString("base64url"));
        expect(decodeBase64url(encodeBase64url(given))).toEqual(new Uint8Array(given));
        expect(decodeBase32(encodeBase32(given))).toEqual(new Uint8Array(given));
      }),
    );
  });

  test("take one spelling of each byte string", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), (text) => {
        for (const [decode, encode] of [
          [decodeBase64url, encodeBase64url],
          [decodeBase32, encodeBase32],
        ] as const) {
          try {
            expect(encode(decode(text))).toBe(text);
          } catch (error) {
            expect(error).toMatchObject({ code: "E_CANON" });
          }
        }
      }),
      { numRuns: 2000 },
    );
  });
});
