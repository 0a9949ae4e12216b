import { readFileSync } from "node:fs";
import { checkReleaseOrder, type ReleaseOrder } from "@holdfast/protocol";
import { describe, expect, test } from "vitest";
import { readRelease } from "./release-order.ts";

interface Vector {
  readonly name: string;
  readonly expect: string;
  readonly check: string;
  readonly input: { readonly order: ReleaseOrder; readonly now: number };
}

const file = new URL("../../../../../vectors/escrow.json", import.meta.url);
const vectors = (JSON.parse(readFileSync(file, "utf8")) as Vector[]).filter(
  ({ check }) => check === "checkReleaseOrder",
);
const [good] = vectors as [Vector];

async function here() {
  const { tid, chain } = await checkReleaseOrder(good.input.order, good.input.now);
  return { tid, seq: chain.head.roster.seq, hash: chain.head.hash };
}

describe("an order of a new key server", () => {
  test("is proposed as exactly the bytes that it brings, with whose shares it takes", async () => {
    const { order, now } = good.input;
    const { release } = await readRelease(JSON.stringify(order), await here(), now);
    const checked = await checkReleaseOrder(order, now);
    expect(release).toMatchObject({
      draft: { hash: checked.releaseCmd, plain: { title: "Release a backup to a new key server" } },
      ...{
        made: checked.manifest.made,
        keys: 3,
        need: checked.manifest.escrow.k,
        recipient: checked.command.args.recipient,
      },
      custodians: checked.manifest.escrow.custodians.map(({ label }) => label),
    });
  });

  test("that anybody changed is not proposed, and says why with a next step", async () => {
    const bad = vectors.filter(({ expect: expected }) => expected !== "ok");
    expect(bad.length).toBeGreaterThan(5);
    for (const { name, expect: code, input } of bad) {
      const { release, problem } = await readRelease(JSON.stringify(input.order), await here(), input.now);
      expect([name, release, problem?.code, typeof problem?.next]).toEqual([name, undefined, code, "string"]);
    }
    expect((await readRelease("no JSON", await here(), 0)).problem?.code).toBe("E_SCHEMA");
    expect((await readRelease("{}", await here(), 0)).problem?.code).toBe("E_SCHEMA");
  });

  test("of another environment, or under other administrators than today's, is not proposed", async () => {
    const { order, now } = good.input;
    const at = await here();
    const elsewhere = await readRelease(JSON.stringify(order), { ...at, tid: "a".repeat(26) }, now);
    expect(elsewhere.problem).toMatchObject({ code: "E_TENANT", next: expect.stringContaining("Propose nothing") });
    const later = await readRelease(JSON.stringify(order), { ...at, seq: at.seq + 1 }, now);
    expect(later.problem).toMatchObject({ code: "E_ROSTER_STALE", next: expect.stringContaining("own page") });
  });
});
