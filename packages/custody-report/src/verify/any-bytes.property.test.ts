import { livedLedger, PLAIN_KEY, SoftwareLedger, SoftwareReporter } from "@holdfast/testkit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { REPORT_ERROR_CODES, ReportError } from "../errors.ts";
import { verifyReport } from "./verify-report.ts";

/** The code by which bytes are refused; "holds" if they are not. Anything else that is thrown fails the test. */
async function refusal(bytes: Uint8Array): Promise<string> {
  try {
    await verifyReport(bytes);
    return "holds";
  } catch (error) {
    if (error instanceof ReportError && REPORT_ERROR_CODES.includes(error.code)) return error.code;
    throw error;
  }
}

function flip(bytes: Uint8Array, at: number, mask: number): Uint8Array {
  const flipped = bytes.slice();
  flipped[at] = (flipped[at] ?? 0) ^ mask;
  return flipped;
}

const small = SoftwareLedger.found({ seed: "small", local: true });
small.apply(small.domain.propose({ act: "key.create", args: { items: [PLAIN_KEY] } }));
const bundle = await new SoftwareReporter(small).bundle();
const lived = await new SoftwareReporter(livedLedger({ seed: "lived", administrators: 2 })).bundle();

test("every byte of a small bundle counts: each one changed is refused by name", { timeout: 120_000 }, async () => {
  expect(await refusal(bundle)).toBe("holds");
  const held: number[] = [];
  const codes = new Set<string>();
  for (let at = 0; at < bundle.length; at++) {
    const code = await refusal(flip(bundle, at, 1));
    if (code === "holds") held.push(at);
    codes.add(code);
  }
  expect(held).toEqual([]);
  expect(codes.size).toBeGreaterThan(6);
});

test("any change of any byte of a lived-in bundle is refused by name", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(lived.length - 1), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
      expect(await refusal(flip(lived, at, mask))).not.toBe("holds");
    }),
    { numRuns: 300 },
  );
});

test("a bundle cut short, doubled or with anything around it is refused by name", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(lived.length - 1), async (size) => {
      expect(await refusal(lived.slice(0, size))).not.toBe("holds");
    }),
    { numRuns: 60 },
  );
  const space = Uint8Array.of(0x20);
  for (const parts of [
    [lived, space],
    [space, lived],
    [lived, Uint8Array.of(10)],
    [lived, lived],
  ]) {
    expect(await refusal(new Uint8Array(Buffer.concat(parts)))).toBe("V_MALFORMED");
  }
});

test("any bytes at all give a verdict, never a crash", async () => {
  const head = fc.constantFrom(
    "",
    "%PDF-1.7\n",
    '{"attest":',
    '{"typ":"bundle","ver":1}',
    "%PDF-1.7\n/Type /EmbeddedFile\n/Length 9\n/Filter /FlateDecode\n>>\nstream\n",
  );
  await fc.assert(
    fc.asyncProperty(head, fc.uint8Array({ maxLength: 400 }), async (start, rest) => {
      expect(await refusal(new Uint8Array(Buffer.concat([Buffer.from(start), rest])))).not.toBe("holds");
    }),
    { numRuns: 300 },
  );
});
