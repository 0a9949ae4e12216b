import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import {
  generateKey,
  type KeyBinding,
  openWithKey,
  sealWithKey,
  unwrapKeyMaterial,
  wrapKeyMaterial,
} from "@holdfast/crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { decodeBody, encodeBody, isAuthenticRow, sealRow } from "../../keystore/row.ts";
import { SqliteStore } from "../../keystore/sqlite/sqlite-store.ts";
import { Custody } from "../custody.ts";
import { SqliteSecretStore } from "../secret-store.ts";
import { type BackupSource, createBackup } from "./create-backup.ts";
import { restoreBackup } from "./restore-backup.ts";
import { verifyBackup } from "./verify-backup.ts";

const NOW = 1_790_000_000;
const TID = "aaaaaaaaaaaaaaaaaaaaaaaaaa";
const RECOVERY = "a drawer in another house";
const KEY_ID = { keyId: "k_aebagbafaydqqcikbmga2dqpca", version: 1 };
const BINDING: KeyBinding = {
  domain: TID,
  id: KEY_ID,
  algorithm: "AES-256",
  usages: ["encrypt", "decrypt"],
  extractable: false,
};
const SETTINGS = Buffer.from('{"name":"agent one"}');

let base: string;
let folders: { dataDirectory: string; keyDirectory: string };
let store: SqliteStore;
let custody: Custody;
let source: BackupSource;
let recovery: { recoveryFile: string; recoveryPassphrase: string };
let ciphertext: Buffer;
let backup: string;
let attempt = 0;
let fresh: { dataDirectory: string; keyDirectory: string };

beforeAll(async () => {
  base = realpathSync(mkdtempSync(join(tmpdir(), "holdfast-backup-")));
  folders = { dataDirectory: join(base, "data"), keyDirectory: join(base, "keys") };
  mkdirSync(folders.dataDirectory, { mode: 0o700 });
  store = SqliteStore.open(join(folders.dataDirectory, "agent.db"));
  const made = await Custody.init({
    ...folders,
    store: new SqliteSecretStore(store.database),
    kek: { kind: "file" },
    standalone: true,
    recoveryPassphrase: RECOVERY,
  });
  custody = made.custody;
  recovery = { recoveryFile: made.recoveryPath, recoveryPassphrase: RECOVERY };
  const key = generateKey("AES-256", BINDING);
  const { root } = custody.keys;
  const version = { id: `${KEY_ID.keyId}/1`, body: wrapKeyMaterial(root.kek, key, TID), leaf: 1 };
  store.putRow("key_version", sealRow(root, "key_version", version));
  const domain = { tid: TID, createdAt: NOW - 60, locked: false, recovering: false, leaf: 0 };
  store.putRow("setting", sealRow(root, "setting", { id: "domain", body: encodeBody(domain), leaf: 0 }));
  ciphertext = sealWithKey(key, Buffer.from("written before the disaster"));
  source = {
    describe: () => ({
      tid: TID,
      roster: { seq: 0, hash: "h" },
      checkpoint: "holdfast/x\n1\nroot\n\n— x y\n",
      size: 3,
      keys: 1,
    }),
    snapshotInto: (path) => store.copyInto(path),
    settings: () => SETTINGS,
  };
  backup = join(base, "one.holdfast-backup");
  await createBackup(custody, source, backup, folders.dataDirectory, NOW);
});
afterAll(() => {
  store.close();
  rmSync(base, { recursive: true, force: true });
});
beforeEach(() => {
  attempt += 1;
  fresh = { dataDirectory: join(base, `fresh-${attempt}`), keyDirectory: join(base, `fresh-keys-${attempt}`) };
});

const restore = (file = backup, with_ = recovery) =>
  restoreBackup({
    ...fresh,
    ...with_,
    backup: file,
    kek: { kind: "passphrase", passphrase: "a new long passphrase" },
  });

describe("a backup", () => {
  test("is one private file and leaves nothing else behind", () => {
    expect(statSync(backup).mode & 0o777).toBe(0o600);
    expect(readdirSync(folders.dataDirectory).filter((name) => name.startsWith("backup-"))).toEqual([]);
    expect(readdirSync(base).filter((name) => name.includes("partial"))).toEqual([]);
  });

  test("verifies without secrets, and opens with the recovery file", async () => {
    const outside = await verifyBackup(backup);
    expect(outside).toMatchObject({ opened: false, bytes: statSync(backup).size });
    expect(outside.manifest).toMatchObject({ tid: TID, aid: custody.identity.aid, made: NOW, size: 3, keys: 1 });
    expect(await verifyBackup(backup, recovery)).toMatchObject({ opened: true });
  });

  test("is refused by code with any one byte changed", async () => {
    const good = readFileSync(backup);
    const path = join(base, "changed.holdfast-backup");
    const codes: Record<string, number> = {};
    const step = Math.max(1, Math.floor(good.byteLength / 3000));
    const tail = good.byteLength - 1800; // manifest, signature and length: every byte of them
    for (let at = 0; at < good.byteLength; at += at < 40 || at >= tail ? 1 : step) {
      const changed = Buffer.from(good);
      changed.writeUInt8(changed.readUInt8(at) ^ (1 << (at % 8)), at);
      writeFileSync(path, changed, { mode: 0o600 });
      const refusal = await verifyBackup(path).then(
        () => null,
        (error: unknown) => error,
      );
      expect(refusal, `byte ${at}`).toMatchObject({
        code: expect.stringMatching(/^E_BACKUP_(FORM|SIGNATURE|DIGEST)$/),
      });
      const { code } = refusal as { code: string };
      codes[code] = (codes[code] ?? 0) + 1;
    }
    expect(Object.keys(codes).sort()).toEqual(["E_BACKUP_DIGEST", "E_BACKUP_FORM", "E_BACKUP_SIGNATURE"]);
  }, 60_000);

  test("cut short anywhere or with bytes added is refused, and one that was cut is said to be", async () => {
    const good = readFileSync(backup);
    const path = join(base, "cut.holdfast-backup");
    for (const length of [
      0,
      1,
      18,
      19,
      90,
      5000,
      good.byteLength - 70,
      good.byteLength - 4,
      good.byteLength - 1,
      good.byteLength + 1,
    ]) {
      const bytes = length > good.byteLength ? Buffer.concat([good, Buffer.of(0)]) : good.subarray(0, length);
      writeFileSync(path, bytes, { mode: 0o600 });
      await expect(verifyBackup(path)).rejects.toMatchObject({ code: expect.stringMatching(/^E_BACKUP_/) });
      if ([19, 90, good.byteLength - 70].includes(length))
        await expect(verifyBackup(path)).rejects.toMatchObject({
          code: "E_BACKUP_DIGEST",
          message: expect.stringContaining("cut short"),
          next: expect.stringContaining("another copy"),
        });
    }
    await expect(verifyBackup(join(base, "none"))).rejects.toMatchObject({ code: "E_BACKUP_FILE" });
    await expect(verifyBackup(base)).rejects.toMatchObject({ code: "E_BACKUP_FORM" });
  });

  test("holds nothing of the store in clear", () => {
    const bytes = readFileSync(backup);
    for (const clear of ["SQLite format 3", "key_version", KEY_ID.keyId, "agent one"])
      expect(bytes.includes(Buffer.from(clear))).toBe(false);
  });

  test("that cannot be made is refused by code and leaves nothing behind", async () => {
    const failing: BackupSource = { ...source, snapshotInto: () => store.database.exec("VACUUM INTO '/dev/null/x'") };
    const path = join(base, "failing");
    await expect(createBackup(custody, failing, path, folders.dataDirectory, NOW)).rejects.toMatchObject({
      code: "E_BACKUP_FILE",
    });
    expect(readdirSync(folders.dataDirectory).filter((name) => name.startsWith("backup-"))).toEqual([]);
    expect(existsSync(path)).toBe(false);
    const options = { ...fresh, dataDirectory: "/dev/null/x", ...recovery, backup, kek: { kind: "file" } } as const;
    await expect(restoreBackup(options)).rejects.toMatchObject({ code: "E_RESTORE_TARGET" });
  });

  test("is not made by a sealed agent, and never replaces a file", async () => {
    await expect(createBackup(custody, source, backup, folders.dataDirectory, NOW)).rejects.toMatchObject({
      code: "E_BACKUP_FILE",
    });
    custody.seal();
    await expect(createBackup(custody, source, join(base, "x"), folders.dataDirectory, NOW)).rejects.toMatchObject({
      code: "E_SEALED",
    });
    await custody.unseal();
    await expect(
      createBackup(custody, source, join(base, "no", "x"), folders.dataDirectory, NOW),
    ).rejects.toMatchObject({ code: "E_BACKUP_FILE" });
  });
});

describe("a restore", () => {
  test("into a fresh folder under a new key-encryption key opens old ciphertext", async () => {
    const restored = await restore();
    expect(restored.settings).toEqual(SETTINGS);
    const copy = SqliteStore.open(join(fresh.dataDirectory, "agent.db"));
    const again = Custody.load(new SqliteSecretStore(copy.database), fresh);
    expect(again.kek.kind).toBe("passphrase");
    await expect(again.unseal("seven small copper kettles")).rejects.toMatchObject({ code: "E_KEK" });
    await again.unseal("a new long passphrase");
    expect(again.identity).toEqual(custody.identity);
    const row = copy.findRow("key_version", `${KEY_ID.keyId}/1`);
    const key = unwrapKeyMaterial(again.keys.root.kek, row?.body ?? new Uint8Array(), BINDING);
    expect(openWithKey(key, ciphertext).toString()).toBe("written before the disaster");
    copy.close();
  });

  test("leaves a domain that is recovering, in a row that only this root key could write", async () => {
    await restore();
    const copy = SqliteStore.open(join(fresh.dataDirectory, "agent.db"));
    const row = copy.findRow("setting", "domain");
    copy.close();
    if (row === null) return expect.unreachable();
    expect(isAuthenticRow(custody.keys.root, "setting", row)).toBe(true);
    expect(decodeBody(row)).toEqual({ tid: TID, createdAt: NOW - 60, locked: false, recovering: true, leaf: 0 });
  });

  test("with a file for the new key-encryption key leaves the old one untouched", async () => {
    const old = (custody.kek as { path: string }).path;
    const before = readFileSync(old);
    const restored = await restoreBackup({
      ...fresh,
      keyDirectory: folders.keyDirectory,
      ...recovery,
      backup,
      kek: { kind: "file" },
    });
    expect(restored.kek).toEqual({ kind: "file", path: join(folders.keyDirectory, `${custody.identity.aid}-2.kek`) });
    expect(readFileSync(old)).toEqual(before);
    const copy = SqliteStore.open(join(fresh.dataDirectory, "agent.db"));
    await Custody.load(new SqliteSecretStore(copy.database), fresh).unseal();
    copy.close();
  });

  test("of a store with a trigger in it is refused, by verify too, and leaves no agent behind", async () => {
    const snapshotInto = async (into: string) => {
      await store.copyInto(into);
      const copy = new DatabaseSync(into);
      copy.exec("CREATE TRIGGER t AFTER INSERT ON leaf BEGIN DELETE FROM key; END");
      copy.close();
    };
    const planted = join(base, "planted.holdfast-backup");
    await createBackup(custody, { ...source, snapshotInto }, planted, folders.dataDirectory, NOW);
    await expect(verifyBackup(planted, recovery)).rejects.toMatchObject({ code: "E_STORE_FORM" });
    await expect(restore(planted)).rejects.toMatchObject({ code: "E_STORE_FORM" });
    expect(existsSync(fresh.dataDirectory)).toBe(false);
  });

  test("is refused with a wrong passphrase, and leaves no agent behind", async () => {
    await expect(restore(backup, { ...recovery, recoveryPassphrase: "a drawer in this house" })).rejects.toMatchObject({
      code: "E_RECOVERY_OPEN",
    });
    expect(existsSync(fresh.dataDirectory)).toBe(false);
  });

  test("is refused with another agent's recovery file", async () => {
    const memory = new DatabaseSync(":memory:");
    memory.exec("CREATE TABLE secret (name TEXT PRIMARY KEY, wrapped BLOB NOT NULL) STRICT");
    const other = await Custody.init({
      dataDirectory: join(base, "other"),
      keyDirectory: join(base, "other-keys"),
      store: new SqliteSecretStore(memory),
      kek: { kind: "file" },
      standalone: false,
      recoveryPassphrase: RECOVERY,
    });
    await expect(
      restore(backup, { recoveryFile: other.recoveryPath, recoveryPassphrase: RECOVERY }),
    ).rejects.toMatchObject({
      code: "E_BACKUP_OPEN",
    });
  });

  test("is refused into a folder that holds an agent, and that agent goes on", async () => {
    const options = { ...folders, ...recovery, backup, kek: { kind: "file" } } as const;
    await expect(restoreBackup(options)).rejects.toMatchObject({ code: "E_RESTORE_TARGET" });
    await Custody.load(new SqliteSecretStore(store.database), folders).unseal();
  });

  test("of a changed backup is refused before anything is asked or written", async () => {
    const bytes = readFileSync(backup);
    bytes.writeUInt8(bytes.readUInt8(5000) ^ 1, 5000);
    const path = join(base, "bad.holdfast-backup");
    writeFileSync(path, bytes, { mode: 0o600 });
    await expect(restore(path)).rejects.toMatchObject({ code: "E_BACKUP_DIGEST" });
    expect(existsSync(fresh.dataDirectory)).toBe(false);
  });

  test("begins anew after one that was cut off", async () => {
    mkdirSync(fresh.dataDirectory, { mode: 0o700 });
    writeFileSync(join(fresh.dataDirectory, "agent.db.restoring"), "half a file");
    await restore();
    expect(readdirSync(fresh.dataDirectory)).toEqual(["agent.db"]);
  });
});
