import { createHash, randomBytes } from "node:crypto";
import { FakeClock } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";
import { HandOver } from "./hand-over.ts";

const files = new Map([["hash", [{ name: "client.key", mediaType: "application/x-pem-file", base64: "AA==" }]]]);
const hashOf = (secret: Uint8Array) => createHash("sha256").update(secret).digest("base64url");

describe("handing over files again", () => {
  it("gives them to whoever has the secret, as often as asked, for ten minutes and not longer", () => {
    const clock = new FakeClock();
    const handOver = new HandOver(clock);
    const secret = randomBytes(32);
    handOver.keep(hashOf(secret), files);
    expect(handOver.find(secret)).toBe(files);
    clock.advance(599);
    expect(handOver.find(secret)).toBe(files);
    clock.advance(1);
    expect(handOver.find(secret)).toBeNull();
  });

  it("gives nothing for another secret, nor for the hash itself", () => {
    const handOver = new HandOver(new FakeClock());
    const secret = randomBytes(32);
    handOver.keep(hashOf(secret), files);
    expect(handOver.find(randomBytes(32))).toBeNull();
    expect(handOver.find(Buffer.from(hashOf(secret), "base64url"))).toBeNull();
  });

  it("keeps nothing of an approval that made no files", () => {
    const handOver = new HandOver(new FakeClock());
    const secret = randomBytes(32);
    handOver.keep(hashOf(secret), new Map());
    expect(handOver.find(secret)).toBeNull();
  });

  it("forgets everything when told to", () => {
    const handOver = new HandOver(new FakeClock());
    const secret = randomBytes(32);
    handOver.keep(hashOf(secret), files);
    handOver.clear();
    expect(handOver.find(secret)).toBeNull();
  });

  it("keeps the newest hundred", () => {
    const handOver = new HandOver(new FakeClock());
    const secrets = Array.from({ length: 101 }, () => randomBytes(32));
    for (const secret of secrets) handOver.keep(hashOf(secret), files);
    expect(secrets.map((secret) => handOver.find(secret) !== null)).toEqual([false, ...Array(100).fill(true)]);
  });
});
