import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Agent } from "../agent.ts";
import { initAgent } from "../init-agent.ts";
import { REKEY_FAULT_POINTS } from "../lifecycle/fault-point-names.ts";
import { silentLogger } from "../logger.ts";
import type { Rekey } from "./custody.ts";
import type { KekChoice } from "./kek-source.ts";
import { testRecovery } from "./testing/test-recovery.ts";

const PROCESS = fileURLToPath(new URL("./testing/rekey-process.ts", import.meta.url));
const TWO_OF_THREE = { threshold: { parts: 3, threshold: 2 } };
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

const init = async (kek: KekChoice) =>
  initAgent({
    ...{ dataDirectory, keyDirectory, name: "one", standalone: true, kek },
    recoveryPassphrase: await testRecovery(),
  });
async function open(): Promise<Agent> {
  agent = await Agent.open({ dataDirectory, pageOrigin: null, logger: silentLogger });
  return agent;
}
async function restart(): Promise<Agent> {
  await agent?.close();
  return open();
}
const rekey = (to: Agent, kek: Rekey["kek"], passphrase?: string) =>
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

  test("goes on while the domain is locked, as a rotation of what is below does: neither changes a key of an application or whom anybody trusts", async () => {
    await init({ kind: "file" });
    const running = await open();
    const { executor, keks, keystore } = running.domain ?? expect.unreachable();
    executor.lockByHost();
    await rekey(running, { kind: "passphrase", passphrase: PASSPHRASE });
    keks.rotate();
    await keks.settled();
    expect([keystore.domain().locked, running.custody.kek.kind]).toEqual([true, "passphrase"]);
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
    const to = { threshold: { parts: 5, threshold: 3 } };
    await expect(running.stageShares(to)).rejects.toMatchObject({ code: "E_SHARES_NEEDED" });
    await running.giveShare(old[1] ?? "");
    await running.giveShare(old[2] ?? "");
    const { shares, ticket, set } = await running.stageShares(to);
    expect(shares).toHaveLength(5);
    await running.commitShares(ticket);
    expect(running.custody.shareSet).toBe(set);
    const next = await restart();
    await expect(next.giveShare(old[0] ?? "")).rejects.toMatchObject({ code: "E_UNSEAL_SHARE" });
    for (const share of shares.slice(2)) await next.giveShare(share);
    expect(next.sealed).toBe(false);
  });

  test("to shares changes nothing before they take effect: cancelled, sealed or cut off, what opened it still does", async () => {
    const { kekPath } = await init({ kind: "file" });
    const running = await open();
    const size = running.domain?.log.size;
    const untouched = () => [running.custody.kek.kind, existsSync(kekPath ?? ""), running.domain?.log.size];
    const { ticket } = await running.stageShares(TWO_OF_THREE);
    expect(untouched()).toEqual(["file", true, size]);
    running.cancelShares(ticket);
    await expect(running.commitShares(ticket)).rejects.toMatchObject({ code: "E_REKEY_NONE" });
    const first = await running.stageShares(TWO_OF_THREE);
    const second = await running.stageShares(TWO_OF_THREE);
    await expect(running.commitShares(first.ticket)).rejects.toMatchObject({ code: "E_REKEY_NONE" });
    expect(untouched()).toEqual(["file", true, size]);
    running.seal();
    await running.unseal();
    await expect(running.commitShares(second.ticket)).rejects.toMatchObject({ code: "E_REKEY_NONE" });
    await running.stageShares(TWO_OF_THREE);
    expect((await restart()).sealed).toBe(false);
  });

  test("from shares can be begun anew with those that were given, after a set that nobody took", async () => {
    const { shares: old } = await init({ kind: "shares", ...TWO_OF_THREE });
    const running = await open();
    for (const share of [...old.slice(0, 2), ...old.slice(1)]) await running.giveShare(share);
    running.cancelShares((await running.stageShares(TWO_OF_THREE)).ticket);
    await expect(rekey(running, { kind: "file", path: join(base, "nonexist", "k") })).rejects.toMatchObject({
      code: "E_KEK_PLACE",
    });
    expect(existsSync(join(base, "nonexist"))).toBe(false);
    const { shares, ticket } = await running.stageShares(TWO_OF_THREE);
    await running.commitShares(ticket);
    await expect(running.stageShares(TWO_OF_THREE)).rejects.toMatchObject({ code: "E_SHARES_NEEDED" });
    const next = await restart();
    for (const share of shares.slice(1)) await next.giveShare(share);
    expect(next.sealed).toBe(false);
  });

  test("another change of how it is unsealed drops a set of shares that waits", async () => {
    await init({ kind: "file" });
    const running = await open();
    const { ticket } = await running.stageShares(TWO_OF_THREE);
    await rekey(running, { kind: "passphrase", passphrase: PASSPHRASE });
    await expect(running.commitShares(ticket)).rejects.toMatchObject({ code: "E_REKEY_NONE" });
    const next = await restart();
    await next.unseal(PASSPHRASE);
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

async function cutOff(point: string, ...to: string[]): Promise<void> {
  const child = spawn(process.execPath, [PROCESS, dataDirectory, keyDirectory, ...to], {
    env: { ...process.env, HOLDFAST_FAULT: point },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const signal = await new Promise((resolve) => child.on("close", (_code, by) => resolve(by)));
  expect(signal).toBe("SIGKILL");
}
const [STAGED, ...WRITING] = REKEY_FAULT_POINTS;

test.each(WRITING)("a power loss at %s leaves one way to open it, and the agent is whole", async (point) => {
  await init({ kind: "file" });
  await cutOff(point, "passphrase", PASSPHRASE);
  const next = await open();
  const changed = point === "rekey:committed";
  expect([next.custody.kek.kind, next.sealed]).toEqual(changed ? ["passphrase", true] : ["file", false]);
  if (changed) await next.unseal(PASSPHRASE);
  expect([next.domain?.problem, next.domain?.keystore.lockedObjects()]).toEqual([null, []]);
});

test.each([STAGED, ...WRITING])(
  "a power loss at %s leaves one way that people have: the file, or shares handed out",
  async (point) => {
    const { kekPath } = await init({ kind: "file" });
    const handedOut = join(base, "shares");
    await cutOff(point, "shares", handedOut);
    const next = await open();
    const changed = point === "rekey:committed";
    expect([next.custody.kek.kind, next.sealed]).toEqual(changed ? ["shares", true] : ["file", false]);
    expect(existsSync(handedOut)).toBe(point !== STAGED);
    if (changed)
      for (const share of readFileSync(handedOut, "utf8").split("\n").slice(0, 2)) await next.giveShare(share);
    else expect(existsSync(kekPath ?? "")).toBe(true);
    expect([next.sealed, next.domain?.problem, next.domain?.keystore.lockedObjects()]).toEqual([false, null, []]);
  },
);
