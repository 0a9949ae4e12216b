import "reflect-metadata";
import { mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decodeBase64url, parseLeaf } from "@holdfast/protocol";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { readBackupFile } from "../custody/backup/backup-file.ts";
import { callerWith } from "../operations/testing/caller-with.ts";
import { type BackedUpTestDomain, openBackedUpDomain } from "./testing/backed-up-domain.ts";
import { unbackedKeys } from "./unbacked-keys.ts";

const HOUR = 3600;
const DAY = 86_400;

let domain: BackedUpTestDomain;
beforeEach(async () => {
  domain = await openBackedUpDomain();
});
afterEach(() => domain.close());

const files = () => readdirSync(domain.folder).sort();
const leaves = () => domain.log.entries(0, 500).map(({ leaf }) => parseLeaf(decodeBase64url(leaf)));
const kinds = (prefix: string) => leaves().filter(({ kind }) => kind.startsWith(prefix));
const away = () => renameSync(domain.folder, `${domain.folder}-away`);
const back = () => renameSync(`${domain.folder}-away`, domain.folder);

describe("an agent with a policy", () => {
  test("backs up at once, and then at its interval, without anybody asking", async () => {
    domain.decide();
    await domain.look();
    expect(files()).toHaveLength(1);
    domain.pass(DAY - 1);
    await domain.look();
    expect(files()).toHaveLength(1);
    domain.pass(1);
    await domain.look();
    expect(files()).toHaveLength(2);
  });

  test("backs a new key up within a minute, and all keys of that moment together", async () => {
    domain.decide();
    await domain.look();
    domain.pass(HOUR);
    for (const label of ["a", "b", "c"]) domain.createKey({ label });
    expect(unbackedKeys(domain)).toBe(3);
    await domain.look();
    expect(files()).toHaveLength(1);
    domain.pass(10);
    await domain.look();
    expect(files()).toHaveLength(2);
    expect(unbackedKeys(domain)).toBe(0);
    domain.pass(30);
    await domain.look();
    expect(files()).toHaveLength(2);
  });

  test("backs up soon after a key or a client is ended for good: the newest backup brings neither back", async () => {
    const { id } = domain.createKey();
    const client = await domain.enrol("app", [{ ops: ["encrypt"], keys: { kind: "all" } }]);
    domain.decide();
    await domain.look();
    domain.keyTo(id, "key.deactivate", "key.destroy");
    await domain.look();
    domain.pass(10);
    await domain.look();
    expect(files()).toHaveLength(2);
    domain.revoke(client.id);
    await domain.look();
    domain.pass(10);
    await domain.look();
    expect(files()).toHaveLength(3);
  });

  test("goes on with it when a folder inside the data folder is decided, through a link too: that is refused, and why", async () => {
    domain.decide();
    symlinkSync(domain.dataDirectory, `${domain.folder}-link`);
    for (const path of [domain.dataDirectory, join(domain.dataDirectory, "bk"), `${domain.folder}-link`]) {
      const size = domain.log.size;
      expect(() => domain.decide({ destinations: [{ kind: "directory", name: "near", path }] })).toThrowError(
        expect.objectContaining({
          code: "E_ARGS",
          message: expect.stringContaining("inside the key server's data folder"),
        }),
      );
      expect(domain.log.size).toBe(size);
    }
    await domain.look();
    expect(files()).toHaveLength(1);
  });

  test("says the true reason of a folder that came to lie inside the data folder afterwards", async () => {
    domain.decide();
    away();
    symlinkSync(domain.dataDirectory, domain.folder);
    await domain.look();
    expect(domain.backups.places()).toMatchObject([{ failing: { code: "E_BACKUP_PLACE", fault: "inside" } }]);
  });

  test("backs up when people order it", async () => {
    domain.decide();
    await domain.look();
    domain.apply("backup.create", {});
    await domain.look();
    expect(files()).toHaveLength(2);
    await domain.look();
    expect(files()).toHaveLength(2);
  });

  test("takes a destination whose place was changed for a new one, whatever its name", async () => {
    domain.decide();
    away();
    await domain.look();
    const path = `${domain.folder}-other`;
    mkdirSync(path);
    domain.decide({ destinations: [{ kind: "directory", name: "disk", path }] });
    await domain.look();
    expect(readdirSync(path)).toHaveLength(1);
    expect(domain.backups.places()).toMatchObject([{ failing: null }]);
    back();
    domain.decide();
    await domain.look();
    expect(files()).toHaveLength(1);
  });

  test("backs up again when others hold its shares from now on", async () => {
    domain.decide();
    await domain.look();
    const [genesis] = leaves();
    if (genesis === undefined) throw new TypeError("the log is empty");
    domain.index.note({ ...genesis, kind: "escrow.enrol", n: domain.log.size });
    await domain.look();
    expect(files()).toHaveLength(2);
  });

  test("records what it made only after reading it back: how much it holds, and where it lies", async () => {
    domain.createKey();
    domain.decide();
    await domain.look();
    const [name = ""] = files();
    const { manifest } = await readBackupFile(join(domain.folder, name));
    expect(kinds("backup").at(-1)).toMatchObject({
      kind: "backup",
      data: { size: manifest.size, keys: 1, to: ["disk"], blob: manifest.blob },
    });
  });

  test("removes what the policy keeps no longer, and nothing else", async () => {
    domain.decide({ keep: { last: 2, days: 0 } });
    writeFileSync(join(domain.folder, "notes.txt"), "mine");
    for (let day = 0; day < 4; day += 1) {
      await domain.look();
      domain.pass(DAY);
    }
    expect(files()).toHaveLength(3);
    expect(files()).toContain("notes.txt");
  });

  test("keeps the one just made when another's name is of a later time, as after a clock that was put back", async () => {
    const later = `holdfast-${domain.tid}-20990101T000000Z-00000000.backup`;
    writeFileSync(join(domain.folder, later), "of a wrong clock");
    domain.decide({ keep: { last: 1, days: 0 } });
    await domain.look();
    expect(files()).toHaveLength(2);
  });

  test("makes none while it is recovering, and none without a policy", async () => {
    domain.createKey();
    await domain.look();
    domain.decide();
    domain.keystore.replaceDomain({ ...domain.keystore.domain(), recovering: true });
    await domain.look();
    expect(files()).toEqual([]);
  });
});

describe("a destination that fails", () => {
  test("is on record once, is tried again with growing pauses, and heals by itself", async () => {
    domain.decide();
    away();
    await domain.look();
    expect(domain.backups.places()).toMatchObject([
      { newest: null, failing: { code: "E_BACKUP_PLACE", fault: "missing" } },
    ]);
    await domain.look(); // too early: nothing is tried
    domain.pass(15);
    await domain.look();
    domain.pass(15);
    await domain.look(); // the second pause is longer
    expect(kinds("backup.failed")).toHaveLength(1);
    back();
    domain.pass(15);
    await domain.look();
    expect(files()).toHaveLength(1);
    expect(domain.backups.places()).toMatchObject([{ failing: null, newest: { at: domain.guard.time() } }]);
  });

  test("keeps no other from its backup", async () => {
    const good = { kind: "directory", name: "disk", path: domain.folder } as const;
    domain.decide({ destinations: [good, { kind: "directory", name: "gone", path: "/nowhere/at/all" }] });
    await domain.look();
    expect(files()).toHaveLength(1);
    expect(domain.backups.places().map(({ failing }) => failing !== null)).toEqual([false, true]);
    domain.pass(15);
    await domain.look();
    expect(files()).toHaveLength(1);
  });
});

describe("with new keys that wait for a backup", () => {
  const item = { label: "x", algorithm: "AES-256", usage: ["encrypt"], group: "default", extractable: false } as const;
  const caller = () => callerWith(domain, { ops: ["all"], keys: { kind: "group", id: "default" } });

  test("the maker is answered when a verified backup holds the key", async () => {
    domain.decide();
    await domain.look();
    domain.apply("domain.set", { ackNewKey: "backup" });
    const { id } = await domain.operations.createObject(await caller(), item);
    expect(domain.index.lastBackup()?.size).toBeGreaterThan(domain.keystore.findKey(id)?.leaf ?? Number.NaN);
    expect(files()).toHaveLength(2);
    const made = await domain.operations.createHeldKey(await caller(), item);
    expect(domain.index.lastBackup()?.size).toBeGreaterThan(domain.keystore.findKey(made.keyId)?.leaf ?? Number.NaN);
  });

  test("whoever has a command carried out is answered like a client", async () => {
    domain.decide();
    await domain.look();
    domain.apply("domain.set", { ackNewKey: "backup" });
    const answer = await domain.admission.act({ act: "key.create", args: { items: [item] }, reason: "", wait: false });
    expect(answer).toMatchObject({ outcome: "applied", keys: [{ label: "x" }] });
    expect(answer.code).toBeUndefined();
    expect(unbackedKeys(domain)).toBe(0);
  });

  test("after a minute they are told so: the key is kept, and the next backup takes it in", async () => {
    domain.decide();
    await domain.look();
    domain.apply("domain.set", { ackNewKey: "backup" });
    const by = await caller();
    away();
    const made = domain.operations.createObject(by, item);
    const refused = expect(made).rejects.toMatchObject({ code: "E_UNBACKED" });
    await vi.waitFor(() => expect(domain.backups.places()).toMatchObject([{ failing: { fault: "missing" } }]));
    domain.pass(61);
    await domain.look();
    await refused;
    expect(unbackedKeys(domain)).toBe(1);
    back();
    domain.pass(61);
    await domain.look();
    expect(unbackedKeys(domain)).toBe(0);
  });

  test("makers of one moment share a backup", async () => {
    domain.decide();
    await domain.look();
    domain.apply("domain.set", { ackNewKey: "backup" });
    const by = await caller();
    await Promise.all([1, 2, 3, 4].map(() => domain.operations.createObject(by, item)));
    expect(files().length).toBeLessThanOrEqual(3);
    expect(unbackedKeys(domain)).toBe(0);
  });

  test("no key is made while no destination takes backups; use goes on, and so do changes of what is there", async () => {
    const key = domain.createKey();
    domain.decide();
    await domain.look();
    domain.apply("domain.set", { ackNewKey: "backup" });
    away();
    expect((await domain.backups.backUpNow()).places).toMatchObject([{ code: "E_BACKUP_PLACE" }]);
    const by = await caller();
    await expect(domain.operations.createObject(by, item)).rejects.toMatchObject({ code: "E_UNBACKED" });
    expect(() => domain.createKey()).toThrow(expect.objectContaining({ code: "E_UNBACKED" }));
    expect([...domain.keystore.keys()]).toHaveLength(1);
    domain.operations.encrypt(by, { name: key.id }, { plaintext: Buffer.from("x") });
    domain.keyTo(key.id, "key.suspend");
    back();
    domain.pass(15);
    await domain.look();
    expect(await domain.operations.createObject(by, item)).toMatchObject({ id: expect.any(String) });
  });

  test("the setting needs a policy, and the policy stays while it stands", () => {
    expect(() => domain.apply("domain.set", { ackNewKey: "backup" })).toThrow(
      expect.objectContaining({ code: "E_PRESTATE" }),
    );
    domain.decide();
    domain.apply("domain.set", { ackNewKey: "backup" });
    expect(() => domain.apply("backup.policy", {})).toThrow(expect.objectContaining({ code: "E_PRESTATE" }));
    domain.apply("domain.set", { ackNewKey: "local" });
    domain.apply("backup.policy", {});
    expect(domain.keystore.domain().backup).toBeNull();
  });
});

test("a destination that failed before a restart is tried again after it, due or not: nothing waits for a fault of the past", async () => {
  domain.decide();
  await domain.look();
  domain.apply("domain.set", { ackNewKey: "backup" });
  away();
  await domain.backups.backUpNow();
  domain.agent.seal();
  back();
  await domain.agent.unseal();
  const { domain: again } = domain.agent;
  expect(() => again?.backups.assertHolding()).toThrow(expect.objectContaining({ code: "E_UNBACKED" }));
  again?.backups.look();
  await again?.backups.settled();
  expect(again?.backups.places()).toMatchObject([{ failing: null }]);
  again?.backups.assertHolding();
});

test("how backups stand is known again after a restart, without a backup anew", async () => {
  domain.createKey();
  domain.decide();
  await domain.look();
  const before = domain.backups.places();
  domain.agent.seal();
  await domain.agent.unseal();
  const { domain: again } = domain.agent;
  expect(again?.backups.places()).toEqual(before);
  again?.backups.look();
  await again?.backups.settled();
  expect(files()).toHaveLength(1);
});
