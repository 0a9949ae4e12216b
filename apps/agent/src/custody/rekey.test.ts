import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Agent } from "../agent.ts";
import { initAgent } from "../init-agent.ts";
import { REKEY_FAULT_POINTS } from "../lifecycle/fault-point-names.ts";
import { silentLogger } from "../logger.ts";
import type { KekChoice } from "./kek-source.ts";

const PROCESS = fileURLToPath(new URL("./testing/rekey-process.ts", import.meta.url));
const PASSPHRASE = "correct horse battery staple";

let base: string;
let dataDirectory: string;
let keyDirectory: string;
let agent: Agent | null;
beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), "holdfast-rekey-")));
  dataDirectory = join(base, "data");
  keyDirectory = join(base, "keys");
  agent = null;
});
afterEach(async () => {
  await agent?.close();
  rmSync(base, { recursive: true, force: true });
});

const init = (kek: KekChoice) =>
  initAgent({
    ...{ dataDirectory, keyDirectory, name: "one", standalone: true, kek },
    recoveryPassphrase: "a drawer in another house",
  });
async function open(): Promise<Agent> {
  agent = await Agent.open({ dataDirectory, pageOrigin: null, logger: silentLogger });
  return agent;
}
async function restart(): Promise<Agent> {
  await agent?.close();
  return open();
}
const rekey = (to: Agent, kek: KekChoice, passphrase?: string) =>
  to.rekey({ kek, passphrase, dataDirectory, keyDirectory });

describe("changing how an agent is unsealed", () => {
  test("from a file to a passphrase takes the file away, is in the log, and the next start waits for the passphrase", async () => {
    const { kekPath } = await init({ kind: "file" });
    const running = await open();
    const root = running.identity.rootCommit;
    await rekey(running, { kind: "passphrase", passphrase: PASSPHRASE });
    expect([existsSync(kekPath ?? ""), running.sealed, running.domain?.kek]).toEqual([false, false, "passphrase"]);
    const entry = running.domain?.log.entries(running.domain.log.size - 1, 1)[0];
    expect(entry?.leaf).toBeDefined();
    const next = await restart();
    expect(next.sealed).toBe(true);
    await expect(next.unseal("another passphrase")).rejects.toMatchObject({ code: "E_KEK" });
    await next.unseal(PASSPHRASE);
    expect([next.sealed, next.identity.rootCommit]).toEqual([false, root]);
    expect([...(next.domain?.log.entries(0, 50) ?? [])].length).toBeGreaterThan(2);
  });

  test("takes the passphrase that opens it now, not only an open agent", async () => {
    await init({ kind: "passphrase", passphrase: PASSPHRASE });
    const running = await open();
    await running.unseal(PASSPHRASE);
    await expect(rekey(running, { kind: "file" })).rejects.toMatchObject({ code: "E_PASSPHRASE" });
    await expect(rekey(running, { kind: "file" }, "another passphrase")).rejects.toMatchObject({ code: "E_KEK" });
    expect(existsSync(keyDirectory) && existsSync(join(keyDirectory, `${running.identity.aid}.kek`))).toBe(false);
    const { path } = await rekey(running, { kind: "file" }, PASSPHRASE);
    expect(existsSync(path ?? "")).toBe(true);
    expect((await restart()).sealed).toBe(false);
  });

  test("between sets of shares takes a quorum of the old set, which opens nothing afterwards", async () => {
    const { shares: old } = await init({ kind: "shares", threshold: { parts: 3, threshold: 2 } });
    const running = await open();
    await running.giveShare(old[0] ?? "");
    await running.giveShare(old[1] ?? "");
    const to = { kind: "shares", threshold: { parts: 5, threshold: 3 } } as const;
    await expect(rekey(running, to)).rejects.toMatchObject({ code: "E_SHARES_NEEDED" });
    await running.giveShare(old[1] ?? "");
    await running.giveShare(old[2] ?? "");
    const { shares = [] } = await rekey(running, to);
    expect(shares).toHaveLength(5);
    const next = await restart();
    await expect(next.giveShare(old[0] ?? "")).rejects.toMatchObject({ code: "E_UNSEAL_SHARE" });
    for (const share of shares.slice(2)) await next.giveShare(share);
    expect(next.sealed).toBe(false);
  });

  test("is refused while it is sealed, and for a key-encryption key inside the data folder, with nothing changed", async () => {
    await init({ kind: "file" });
    const running = await open();
    await expect(rekey(running, { kind: "file", path: join(dataDirectory, "k") })).rejects.toMatchObject({
      code: "E_KEK_PATH",
    });
    running.seal();
    await expect(rekey(running, { kind: "file" })).rejects.toMatchObject({ code: "E_SEALED" });
    expect((await restart()).sealed).toBe(false);
  });

  test("keeps an agent that its service manager opens: sealed without the credential, open with it", async () => {
    const { kekPath } = await init({ kind: "credential", name: "holdfast-kek" });
    expect((await open()).sealed).toBe(true);
    await agent?.close();
    const folder = join(base, "credentials");
    const { mkdirSync, copyFileSync } = await import("node:fs");
    mkdirSync(folder);
    copyFileSync(kekPath ?? "", join(folder, "holdfast-kek"));
    process.env.CREDENTIALS_DIRECTORY = folder;
    try {
      expect((await open()).sealed).toBe(false);
    } finally {
      delete process.env.CREDENTIALS_DIRECTORY;
    }
  });
});

test.each(REKEY_FAULT_POINTS)("a power loss at %s leaves one way to open it, and the agent is whole", async (point) => {
  await init({ kind: "file" });
  const child = spawn(process.execPath, [PROCESS, dataDirectory, keyDirectory, PASSPHRASE], {
    env: { ...process.env, HOLDFAST_FAULT: point },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const signal = await new Promise((resolve) => child.on("close", (_code, by) => resolve(by)));
  expect(signal).toBe("SIGKILL");
  const next = await open();
  const changed = point === "rekey:committed";
  expect([next.custody.kek.kind, next.sealed]).toEqual(changed ? ["passphrase", true] : ["file", false]);
  if (changed) await next.unseal(PASSPHRASE);
  expect([next.domain?.problem, next.domain?.keystore.lockedObjects()]).toEqual([null, []]);
});
