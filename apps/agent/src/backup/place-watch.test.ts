import "reflect-metadata";
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BackupDestination, decodeBase64url, parseLeaf } from "@holdfast/protocol";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { backupWord } from "../control-link/backup-word.ts";
import { callerWith } from "../operations/testing/caller-with.ts";
import { type BackedUpTestDomain, openBackedUpDomain } from "./testing/backed-up-domain.ts";
import { startStrictS3 } from "./testing/strict-s3.ts";
import { unbackedKeys } from "./unbacked-keys.ts";

const LOOK = 300;

let domain: BackedUpTestDomain;
beforeEach(async () => {
  domain = await openBackedUpDomain();
  domain.createKey();
  domain.decide();
  await domain.look();
  await domain.look(); // what was just made is seen there
  expect(unbackedKeys(domain)).toBe(0);
});
afterEach(() => domain.close());

const files = () => readdirSync(domain.folder);
const removeAll = () => {
  for (const name of files()) rmSync(join(domain.folder, name));
};
const away = () => renameSync(domain.folder, `${domain.folder}-away`);
const back = () => renameSync(`${domain.folder}-away`, domain.folder);
const failures = () =>
  domain.log
    .entries(0, 500)
    .map(({ leaf }) => parseLeaf(decodeBase64url(leaf)))
    .filter(({ kind }) => kind === "backup.failed")
    .map(({ data }) => `${data?.["code"]} ${data?.["fault"]}`);
const failing = (code: string, fault: string) => [{ newest: null, failing: { code, fault } }];

describe("a backup that is gone", () => {
  test("is found within five minutes, is a failure on record, backs no key, and a new one is made at once", async () => {
    removeAll();
    await domain.look();
    expect(unbackedKeys(domain)).toBe(0); // nobody has looked yet
    domain.pass(LOOK);
    domain.backups.look();
    await expect.poll(() => failures()).toEqual(["E_BACKUP_MISSING gone"]);
    expect(domain.backups.places()).toMatchObject(failing("E_BACKUP_MISSING", "gone"));
    expect(unbackedKeys(domain)).toBe(1);
    expect(backupWord(domain)).toMatchObject({ unbacked: 1, backupAt: null, backupFailing: "disk (gone)" });
    await domain.look();
    expect(files()).toHaveLength(1);
    expect(unbackedKeys(domain)).toBe(0);
    expect(domain.backups.places()).toMatchObject([{ failing: null }]);
  });

  test("is found too when another length lies under its name", async () => {
    appendFileSync(join(domain.folder, files()[0] ?? ""), "x");
    await domain.backups.lookNow();
    expect(domain.backups.places()).toMatchObject(failing("E_BACKUP_MISSING", "changed"));
    expect(unbackedKeys(domain)).toBe(1);
  });

  test("is known at once to whoever asks, and after a restart before the next interval", async () => {
    removeAll();
    writeFileSync(join(domain.folder, "notes.txt"), "mine");
    domain.agent.seal();
    await domain.agent.unseal();
    const again = domain.agent.domain ?? expect.unreachable();
    again.backups.look();
    await again.backups.settled();
    expect(again.backups.places()).toMatchObject(failing("E_BACKUP_MISSING", "gone"));
    expect(unbackedKeys(again)).toBe(1);
  });

  test("with its whole folder: its keys count as in none until the folder is there again", async () => {
    away();
    await domain.backups.lookNow();
    expect(domain.backups.places()).toMatchObject(failing("E_BACKUP_PLACE", "missing"));
    expect(unbackedKeys(domain)).toBe(1);
    await domain.look();
    expect(failures()).toEqual(["E_BACKUP_PLACE missing"]);
    back();
    domain.pass(15);
    await domain.look();
    domain.pass(30);
    await domain.look();
    expect(unbackedKeys(domain)).toBe(0);
    expect(domain.backups.places()).toMatchObject([{ failing: null }]);
  });

  test("again and again is made anew after growing pauses", async () => {
    const made: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      removeAll();
      domain.pass(LOOK);
      await domain.look();
      await domain.look();
      made.push(files().length);
      domain.pass(15);
      await domain.look();
      made.push(files().length);
      domain.pass(15);
      await domain.look();
    }
    expect(made).toEqual([1, 1, 0, 1, 0, 0]);
  });

  test("with new keys that wait for a backup: none is made until a new one is there", async () => {
    domain.apply("domain.set", { ackNewKey: "backup" });
    const by = await callerWith(domain, { ops: ["all"], keys: { kind: "group", id: "default" } });
    const item = {
      label: "x",
      algorithm: "AES-256",
      usage: ["encrypt"],
      group: "default",
      extractable: false,
    } as const;
    away();
    await domain.backups.lookNow();
    await expect(domain.operations.createObject(by, item)).rejects.toMatchObject({ code: "E_UNBACKED" });
    back();
    domain.pass(15);
    await domain.look();
    expect(await domain.operations.createObject(by, item)).toMatchObject({ id: expect.any(String) });
  });
});

describe("under a new policy", () => {
  const elsewhere = (name: string): BackupDestination => ({ kind: "directory", name, path: `${domain.folder}-new` });

  test.each(["disk", "other"])("what lies where the old one said backs no key: %s is another place", async (name) => {
    domain.decide({ destinations: [elsewhere(name)] });
    expect(unbackedKeys(domain)).toBe(1);
    await domain.look();
    expect(domain.backups.places()).toMatchObject(failing("E_BACKUP_PLACE", "missing"));
    expect(domain.backups.newest()).toBeNull();
    expect(files()).toHaveLength(1);
    mkdirSync(`${domain.folder}-new`);
    domain.pass(15);
    await domain.look();
    expect(unbackedKeys(domain)).toBe(0);
  });

  test("what is seen at the same place counts on, before the next backup", async () => {
    domain.decide({ intervalSec: 2 * 86_400 });
    expect(unbackedKeys(domain)).toBe(1);
    await domain.backups.lookNow();
    expect(unbackedKeys(domain)).toBe(0);
    expect(files()).toHaveLength(1);
  });
});

test("a backup made by hand counts wherever it was put, whatever became of the others", async () => {
  domain.executor.recordHostEvent("backup", { size: domain.log.size, keys: 1 });
  removeAll();
  await domain.backups.lookNow();
  expect(unbackedKeys(domain)).toBe(0);
  expect(domain.backups.places()).toMatchObject([{ failing: { code: "E_BACKUP_MISSING" } }]);
});

describe("a store that gives no answer", () => {
  const CREDENTIALS = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
  let base: string;
  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), "holdfast-watch-"));
  });
  afterEach(() => rmSync(base, { recursive: true, force: true }));

  test("for a minute is no failure, and for longer is one, once; its keys stay backed, as nobody has seen otherwise", async () => {
    const credentials = join(base, "s3.json");
    writeFileSync(credentials, JSON.stringify(CREDENTIALS), { mode: 0o600 });
    const store = await startStrictS3("backups", CREDENTIALS, "eu-central-1");
    const { endpoint } = store;
    try {
      domain.decide({
        destinations: [{ kind: "s3", name: "store", endpoint, region: "eu-central-1", bucket: "backups", credentials }],
      });
      await domain.look();
      await domain.look();
      expect(domain.backups.places()).toMatchObject([{ failing: null }]);
    } finally {
      await store.close();
    }
    for (const seconds of [LOOK, 15]) {
      domain.pass(seconds);
      await domain.look();
      expect(failures()).toEqual([]);
    }
    domain.pass(30);
    await domain.look();
    expect(failures()).toEqual(["E_BACKUP_PLACE unreachable"]);
    for (let minute = 0; minute < 30; minute += 1) {
      domain.pass(60);
      await domain.look();
    }
    expect(failures()).toHaveLength(1);
    expect(unbackedKeys(domain)).toBe(0);
  });
});
