import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Agent } from "../agent.ts";
import { initAgent } from "../init-agent.ts";
import { silentLogger } from "../logger.ts";

const PROCESS = fileURLToPath(new URL("./testing/renew-process.ts", import.meta.url));

let folder: string;
let dataDirectory: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-link-power-loss-"));
  dataDirectory = join(folder, "data");
  await initAgent({
    ...{ dataDirectory, keyDirectory: join(folder, "keys"), name: "agent one", standalone: true },
    kek: { kind: "file" },
    recoveryPassphrase: "a drawer in another house",
  });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function renew(fault: string): Promise<NodeJS.Signals | null> {
  const env = { ...process.env, HOLDFAST_FAULT: fault };
  const child = spawn(process.execPath, [PROCESS, dataDirectory], { env, stdio: ["ignore", "ignore", "inherit"] });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (_code, signal) => resolve(signal));
  });
}

function stored(): { links: number; receipts: number } {
  const store = new DatabaseSync(join(dataDirectory, "agent.db"), { readOnly: true });
  const count = (table: string) => Number(store.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n);
  const counts = { links: count("roster_link"), receipts: count("receipt") };
  store.close();
  return counts;
}

// The entry of the agent's own start reaches the last one once before.
test.each([
  ["admission:before-transaction", 0],
  ["executor:after-rows", 0],
  ["executor:after-receipt", 0],
  ["executor:committed*2", 1],
])(
  "a power loss at %s leaves a change of administrators whole or not at all, and a restart heals",
  async (point, made) => {
    expect(await renew(point)).toBe("SIGKILL");
    expect(stored()).toEqual({ links: 1 + made, receipts: made });
    const agent = await Agent.open({ dataDirectory, pageOrigin: null, logger: silentLogger });
    try {
      const { domain } = agent;
      expect(domain?.problem).toBeNull();
      expect(domain?.rosters.current().roster.seq).toBe(made);
      // A renewal within the second of the one before would change nothing.
      const { issued } = domain?.rosters.current().roster ?? expect.unreachable();
      await expect.poll(() => Math.floor(Date.now() / 1000), { timeout: 5_000 }).toBeGreaterThan(issued);
      expect(await domain?.links.propose({ renew: true })).toMatchObject({ outcome: "applied" });
      expect(domain?.rosters.current().roster.seq).toBe(made + 1);
    } finally {
      await agent.close();
    }
  },
);
