import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { initAgent } from "../../apps/agent/src/init-agent.ts";
import { removeUnfoundedAgent } from "./remake-agent.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-remake-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const make = (standalone: boolean) =>
  initAgent({
    ...{ dataDirectory: join(folder, "agent"), keyDirectory: join(folder, "keys"), name: "one", standalone },
    kek: { kind: "file" },
  });

describe("a key server whose recovery passphrase was never told", () => {
  it("is taken away with its files while it has no domain, so that the next start makes one whose passphrase is told", async () => {
    await make(false);
    expect(removeUnfoundedAgent(join(folder, "agent"))).toBe(true);
    expect(existsSync(join(folder, "agent"))).toBe(false);
    expect(readdirSync(join(folder, "keys"))).toEqual([]);
  });

  it("is never touched once it has a domain", async () => {
    await make(true);
    const before = readdirSync(join(folder, "agent"));
    expect(removeUnfoundedAgent(join(folder, "agent"))).toBe(false);
    expect(readdirSync(join(folder, "agent")).filter((name) => before.includes(name))).toEqual(before);
    expect(readdirSync(join(folder, "keys"))).toHaveLength(2);
  });
});
