import { type ChildProcessByStdio, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeBackup } from "../../admin/make-backup.ts";
import { SqliteStore } from "../../keystore/sqlite/sqlite-store.ts";
import { openTestDomain, type TestDomain } from "../../operations/testing/open-test-domain.ts";
import { Custody } from "../custody.ts";
import { SqliteSecretStore } from "../secret-store.ts";
import type { RestoreOptions } from "./restore-backup.ts";

const PROCESS = fileURLToPath(new URL("../testing/restore-process.ts", import.meta.url));

let base: string;
let domain: TestDomain;
let backup: string;
beforeAll(async () => {
  base = realpathSync(mkdtempSync(join(tmpdir(), "holdfast-restores-")));
  domain = await openTestDomain();
  backup = (await makeBackup(domain.agent, domain, join(base, "one.backup"))).path;
});
afterAll(async () => {
  await domain.close();
  rmSync(base, { recursive: true, force: true });
});

interface Restoring {
  readonly options: RestoreOptions & { readonly kek: { readonly kind: "file"; readonly path: string } };
  readonly child: ChildProcessByStdio<Writable, Readable, null>;
  readonly lines: AsyncIterator<string>;
}

/** A process that is ready to restore into a folder that all share, under a key-encryption key of its own. */
async function readyToRestore(nth: number): Promise<Restoring> {
  const keys = join(domain.dataDirectory, "..", "keys");
  const recovery = readdirSync(keys).find((name) => name.endsWith(".recovery")) ?? "";
  const child = spawn(process.execPath, [PROCESS], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const options = {
    ...{ backup, dataDirectory: join(base, "data"), keyDirectory: join(base, "keys") },
    kek: { kind: "file", path: join(base, `${nth}.kek`) } as const,
    ...{ recoveryFile: join(keys, recovery), recoveryPassphrase: "a drawer in another house" },
  };
  expect((await lines.next()).value).toBe("ready");
  return { options, child, lines };
}

test("of several restores into one folder at once one is done and opens; the others are refused and leave nothing", async () => {
  mkdirSync(join(base, "data"), { mode: 0o700 });
  writeFileSync(join(base, "data", "agent.db.restoring"), "what one left that was cut off before");
  const all = await Promise.all([1, 2, 3].map(readyToRestore));
  for (const { child, options } of all) child.stdin.write(JSON.stringify(options));
  const ends = await Promise.all(all.map(async ({ lines }) => (await lines.next()).value));
  expect([...ends].sort()).toEqual(["E_RESTORE_TARGET", "E_RESTORE_TARGET", "done"]);
  expect(readdirSync(join(base, "data"))).toEqual(["agent.db"]);
  for (const [at, { options }] of all.entries())
    expect([at, existsSync(options.kek.path)]).toEqual([at, ends[at] === "done"]);
  const store = SqliteStore.open(join(base, "data", "agent.db"));
  const custody = Custody.load(new SqliteSecretStore(store.database), { dataDirectory: join(base, "data") });
  await custody.unseal();
  expect(custody.identity.aid).toBe(domain.agent.identity.aid);
  custody.seal();
  store.close();
});
