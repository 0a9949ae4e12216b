import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FrameReader } from "./frame-reader.ts";
import { requestMessage } from "./testing/kmip-client.ts";

const MOST = 4096;

/** Feeds bytes cut at the given places, and takes every message that comes out. */
function read(bytes: Buffer, cuts: readonly number[]): { messages: Buffer[]; reader: FrameReader } {
  const reader = new FrameReader(MOST);
  const messages: Buffer[] = [];
  const places = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  let from = 0;
  for (const to of places) {
    if (to > from) reader.take(bytes.subarray(from, to));
    from = to;
    for (let next = reader.next(); next !== null; next = reader.next()) messages.push(next);
  }
  return { messages, reader };
}

describe("messages", () => {
  test("come out whole, in order and byte for byte, however the stream was cut", () => {
    const lengths = fc.array(fc.nat(600), { maxLength: 20 });
    fc.assert(
      fc.property(lengths, fc.array(fc.nat(20_000), { maxLength: 300 }), (sizes, cuts) => {
        const sent = sizes.map((size, index) => requestMessage(size, index));
        const { messages, reader } = read(Buffer.concat(sent), cuts);
        expect(messages).toEqual(sent);
        expect([reader.size, reader.state]).toEqual([0, "waiting"]);
      }),
      { numRuns: 300 },
    );
  });

  test("fed byte by byte come out once", () => {
    const sent = [requestMessage(3000, 1), requestMessage(0), requestMessage(8, 2)];
    const bytes = Buffer.concat(sent);
    const { messages } = read(
      bytes,
      [...bytes].map((_, index) => index),
    );
    expect(messages).toEqual(sent);
  });

  test("of just the largest size are taken, and one byte more is refused before it is there", () => {
    expect(read(requestMessage(MOST - 8), []).messages).toHaveLength(1);
    const { messages, reader } = read(requestMessage(MOST - 7).subarray(0, 8), []);
    expect([messages, reader.state]).toEqual([[], "too-large"]);
  });
});

describe("any other bytes", () => {
  test("give no message that was not announced, and are told by their first wrong byte", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), fc.array(fc.nat(64)), (bytes, cuts) => {
        const { messages, reader } = read(Buffer.from(bytes), cuts);
        const expected = Buffer.from([0x42, 0x00, 0x78, 0x01]).subarray(0, bytes.length);
        if (Buffer.from(bytes).subarray(0, expected.length).equals(expected)) return;
        expect([messages, reader.state]).toEqual([[], "not-kmip"]);
        expect(reader.next()).toBeNull();
      }),
      { numRuns: 1000 },
    );
    for (const text of ["G", "\x16", "{", "<", "B@"]) expect(read(Buffer.from(text), []).reader.state).toBe("not-kmip");
    for (const text of ["B", "B\0", "B\0x"]) expect(read(Buffer.from(text), []).reader.state).toBe("waiting");
  });
});
