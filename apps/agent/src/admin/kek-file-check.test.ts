import {
  chmodSync,
  existsSync,
  linkSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Agent } from "../agent.ts";
import { createKekFile } from "../custody/kek-file.ts";
import { testRecovery } from "../custody/testing/test-recovery.ts";
import type { Domain } from "../domain.ts";
import { initAgent } from "../init-agent.ts";
import { silentLogger } from "../logger.ts";
import { doctorChecks } from "./doctor-checks.ts";
import { makeBackup } from "./make-backup.ts";

let base: string;
let path: string;
let data: string;
let agent: Agent;
beforeAll(async () => {
  base = realpathSync(mkdtempSync(join(tmpdir(), "holdfast-kek-check-")));
  data = join(base, "data");
  const folders = { dataDirectory: data, keyDirectory: join(base, "keys") };
  const made = await initAgent({
    ...{ ...folders, name: "one", standalone: true, kek: { kind: "file" } },
    recoveryPassphrase: await testRecovery(),
  });
  path = made.kekPath ?? "";
  agent = await Agent.open({ dataDirectory: data, pageOrigin: null, logger: silentLogger });
});
afterAll(async () => {
  await agent.close();
  rmSync(base, { recursive: true, force: true });
});

const checkNamed = (name: string) => doctorChecks(agent).find((check) => check.name === name);
const seen = () => checkNamed("key-encryption key");

/** Harms the file, looks, and puts it back as it was. */
function harmed<T>(harm: () => void, look: () => T): T {
  const [bytes, folder] = [readFileSync(path), dirname(path)];
  try {
    harm();
    return look();
  } finally {
    chmodSync(folder, 0o700);
    for (const each of [path, `${path}.second`]) rmSync(each, { force: true, recursive: true });
    writeFileSync(path, bytes, { mode: 0o600 });
  }
}

const HARMS: readonly (readonly [string, () => void, RegExp, RegExp])[] = [
  ["is gone", () => rmSync(path), /is not there/, /copy/],
  ["holds something else", () => writeFileSync(path, "garbage"), /does not hold/, /copy/],
  [
    "holds the key of another agent",
    () => {
      rmSync(path);
      createKekFile(path, data).zeroize();
    },
    /another key/,
    /copy/,
  ],
  ["may be read by others", () => chmodSync(path, 0o644), /Others may read/, /chmod 600 .*rekey/s],
  ["has a second name", () => linkSync(path, `${path}.second`), /second name/, /name/],
  ["lies in a folder that others may write", () => chmodSync(dirname(path), 0o777), /Others may write/, /chmod go-w/],
];

describe("doctor says as bad, with the way out, that the file that opens the key server", () => {
  test.each(HARMS)("%s, while it still serves", (_what, harm, what, next) => {
    expect(seen()).toMatchObject({ result: "warning" });
    const check = harmed(harm, seen);
    expect(check).toMatchObject({
      result: "bad",
      what: expect.stringMatching(what),
      next: expect.stringMatching(next),
    });
    expect(check?.what).toContain(dirname(path));
    expect(seen()).toMatchObject({ result: "warning" });
  });

  test.each(HARMS)("%s, once it is sealed and cannot come back by itself", async (_what, harm, what) => {
    agent.seal();
    const [check, seal] = harmed(harm, () => [seen(), checkNamed("seal")]);
    expect(check).toMatchObject({ result: "bad", what: expect.stringMatching(what) });
    expect(check?.next).toContain("holdfast-agent unseal");
    expect(seal?.next).toMatch(/first/);
    expect(checkNamed("seal")?.next).toBe("Run `holdfast-agent unseal`.");
    await agent.unseal();
    expect(agent.sealed).toBe(false);
  });

  test("is gone, and the backup that doctor advises can still be made", async () => {
    const kept = `${path}.kept`;
    renameSync(path, kept);
    try {
      expect(seen()?.next).toContain("backup create --out");
      await makeBackup(agent, agent.domain as Domain, join(base, "saved.backup"));
      expect(existsSync(join(base, "saved.backup"))).toBe(true);
    } finally {
      renameSync(kept, path);
    }
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });
});
