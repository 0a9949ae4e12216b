import { expect, test } from "vitest";
import { StirredRandom } from "./stirred-random.ts";

test("random bytes stay random whatever is stirred in, and all of it is taken", () => {
  const random = new StirredRandom();
  const seen = new Set([random.bytes(32).toString("hex")]);
  for (const bytes of [new Uint8Array(32), new Uint8Array(0), Buffer.from("the same"), Buffer.from("the same")]) {
    expect(random.stir(bytes)).toBe(bytes.byteLength);
    for (let n = 0; n < 4; n += 1) seen.add(random.bytes(32).toString("hex"));
  }
  expect(seen.size).toBe(17);
  expect(random.bytes(65_536)).toHaveLength(65_536);
});
