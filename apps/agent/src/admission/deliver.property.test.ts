import { flipBit } from "@holdfast/testkit";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newKey, PasskeyAgent } from "./testing/passkey-agent.ts";

let agent: PasskeyAgent;
beforeAll(async () => {
  agent = await PasskeyAgent.found();
});
afterAll(() => agent.close());

/** Whatever arrives: it is refused, it waits or it is what was approved; it never throws and never does anything else. */
async function deliver(bytes: Uint8Array): Promise<string> {
  const { outcome } = await agent.domain.admission.deliver(bytes, "mailbox");
  return outcome;
}

test("any bytes from the mailbox are refused as a value", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
      expect(await deliver(bytes)).toBe("refused");
    }),
    { numRuns: 200 },
  );
});

test("any JSON from the mailbox is refused as a value", async () => {
  await fc.assert(
    fc.asyncProperty(fc.json({ maxDepth: 4 }), async (text) => {
      expect(await deliver(Buffer.from(text))).toBe("refused");
    }),
    { numRuns: 200 },
  );
});

test("one bit changed anywhere in an approved envelope never carries out another command", async () => {
  const command = agent.propose("key.create", { args: { items: [newKey()] } });
  const bytes = agent.envelope(command, [agent.approve([command])]);
  const { size } = agent.domain.log;
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(7), async (at, bit) => {
      expect(await deliver(flipBit(bytes, at, bit))).toBe("refused");
      expect(agent.domain.keystore.counts().keys).toBe(0);
    }),
    { numRuns: 300 },
  );
  expect(agent.kinds(size).filter((kind) => kind !== "command.refused")).toEqual([]);
  expect(await deliver(bytes)).toBe("applied");
});
