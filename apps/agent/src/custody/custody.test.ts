import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { inspect } from "node:util";
import { parseCoseVerifyingKey } from "@holdfast/crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Custody } from "./custody.ts";
import type { KekChoice } from "./kek-source.ts";
import { MOVE_IT_AWAY, openRecoveryFile } from "./recovery-file.ts";
import { SqliteSecretStore } from "./secret-store.ts";

let base: string;
let database: DatabaseSync;
let store: SqliteSecretStore;
let folders: { dataDirectory: string; keyDirectory: string };
beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), "holdfast-custody-")));
  folders = { dataDirectory: join(base, "data"), keyDirectory: join(base, "config", "holdfast") };
  mkdirSync(folders.dataDirectory, { mode: 0o700 });
  database = new DatabaseSync(join(folders.dataDirectory, "agent.db"));
  database.exec("CREATE TABLE secret (name TEXT PRIMARY KEY, wrapped BLOB NOT NULL) STRICT");
  store = new SqliteSecretStore(database);
});
afterEach(() => {
  database.close();
  rmSync(base, { recursive: true, force: true });
});

const PASSPHRASE = "seven small copper kettles";
const RECOVERY = "a drawer in another house";
const init = (kek: KekChoice, standalone = false) =>
  Custody.init({ ...folders, store, kek, standalone, recoveryPassphrase: RECOVERY });
const refused = (code: string) => expect.objectContaining({ code });

describe("custody with a key-encryption key in a file", () => {
  test("opens again after a restart to the same root key and agent keys", async () => {
    const { custody } = await init({ kind: "file" });
    const again = Custody.load(store, folders);
    expect(again.sealed).toBe(true);
    await again.unseal();
    expect(again.keys.root.commitment).toEqual(custody.keys.root.commitment);
    const message = Buffer.from("m");
    const aik = parseCoseVerifyingKey(Buffer.from(again.identity.aik, "base64url"));
    expect(aik.verify(again.keys.aik.sign(message), message)).toBe(true);
    expect(again.keys.alk.publicKey.spki).toEqual(custody.keys.alk.publicKey.spki);
    expect(again.identity.aid).toMatch(/^a_[a-z2-7]{26}$/);
  });

  test("keeps the key beside the data folder, not in it", async () => {
    const { custody } = await init({ kind: "file" });
    expect(custody.kek).toEqual({ kind: "file", path: join(folders.keyDirectory, `${custody.identity.aid}.kek`) });
    await expect(
      Custody.init({
        ...folders,
        keyDirectory: folders.dataDirectory,
        store: emptyStore(),
        kek: { kind: "file" },
        standalone: false,
      }),
    ).rejects.toMatchObject({ code: "E_KEK_PATH" });
  });

  test("is useless without the file: the store opens for nobody", async () => {
    const { custody } = await init({ kind: "file" });
    rmSync((custody.kek as { path: string }).path);
    await expect(Custody.load(store, folders).unseal()).rejects.toMatchObject({ code: "E_KEK_FILE" });
  });

  test("is not opened by another agent's file", async () => {
    const { custody } = await init({ kind: "file" });
    const path = (custody.kek as { path: string }).path;
    rmSync(path);
    await Custody.init({ ...folders, store: emptyStore(), kek: { kind: "file", path }, standalone: false });
    await expect(Custody.load(store, folders).unseal()).rejects.toMatchObject({ code: "E_KEK" });
  });

  test("holds no private key and no key-encryption key in the store's bytes", async () => {
    const { custody } = await init({ kind: "file" });
    const kek = readFileSync((custody.kek as { path: string }).path).subarray(-32);
    const bytes = readFileSync(join(folders.dataDirectory, "agent.db"));
    for (const form of [kek, Buffer.from(kek.toString("hex")), Buffer.from(kek.toString("base64url"))])
      expect(bytes.includes(form)).toBe(false);
    // Every private key in PKCS #8 would show this start of an EC or Ed25519 PrivateKeyInfo.
    for (const start of ["0201003013", "020100300506032b6570"])
      expect(bytes.includes(Buffer.from(start, "hex"))).toBe(false);
  });
});

describe("custody with a passphrase", () => {
  test("opens with it and with no other", async () => {
    await init({ kind: "passphrase", passphrase: PASSPHRASE });
    const custody = Custody.load(store, folders);
    await expect(custody.unseal()).rejects.toMatchObject({ code: "E_PASSPHRASE" });
    await expect(custody.unseal("seven small copper kettleS")).rejects.toMatchObject({ code: "E_KEK" });
    await expect(custody.unseal("")).rejects.toMatchObject({ code: "E_KEK" });
    expect(custody.sealed).toBe(true);
    await custody.unseal(PASSPHRASE);
    expect(custody.sealed).toBe(false);
  });

  test("leaves no recovery file in the data folder either", async () => {
    const inside = { ...folders, keyDirectory: folders.dataDirectory, recoveryPassphrase: RECOVERY };
    const kek = { kind: "passphrase", passphrase: PASSPHRASE } as const;
    await expect(Custody.init({ ...inside, store, kek, standalone: false })).rejects.toMatchObject({
      code: "E_KEK_PATH",
    });
    expect(readdirSync(folders.dataDirectory)).toEqual(["agent.db"]);
    expect(store.findSecret("custody")).toBeNull();
  });

  test("is not made with a short one", async () => {
    await expect(init({ kind: "passphrase", passphrase: "elevenchars" })).rejects.toMatchObject({
      code: "E_PASSPHRASE_WEAK",
    });
    expect(store.findSecret("custody")).toBeNull();
  });
});

describe("a sealed agent", () => {
  test("refuses every key, has forgotten the ones it had, and tells who holds others", async () => {
    const { custody } = await init({ kind: "file" }, true);
    const { root, aik, local } = custody.keys;
    let told = 0;
    custody.onSeal(() => {
      told += 1;
    });
    custody.seal();
    custody.seal();
    expect(told).toBe(1);
    expect(() => custody.keys).toThrowError(refused("E_SEALED"));
    expect(root.destroyed && aik.destroyed && local?.destroyed).toBe(true);
    expect(() => aik.sign(Buffer.from("m"))).toThrowError(refused("E_CRYPTO_DESTROYED"));
    await custody.unseal();
    custody.keys.aik.sign(Buffer.from("m"));
  });

  test("is unsealed once when asked twice at the same time", async () => {
    await init({ kind: "passphrase", passphrase: PASSPHRASE });
    const custody = Custody.load(store, folders);
    await Promise.all([custody.unseal(PASSPHRASE), custody.unseal(PASSPHRASE)]);
    custody.keys.aik.sign(Buffer.from("m"));
    expect(custody.keys.root.destroyed).toBe(false);
  });

  test("shows no secret when it is inspected, unsealed", async () => {
    const { custody } = await init({ kind: "file" });
    const kek = readFileSync((custody.kek as { path: string }).path).subarray(-32);
    const seen = inspect(custody, { showHidden: true, depth: 10 });
    expect(seen).not.toContain(kek.toString("hex"));
    expect(seen).not.toMatch(/PrivateKeyObject|SecretKeyObject/);
  });
});

describe("the custody record", () => {
  test("has a local administrator only in a standalone domain", async () => {
    expect((await init({ kind: "file" })).custody.keys.local).toBeNull();
    const { custody } = await Custody.init({
      ...folders,
      store: emptyStore(),
      kek: { kind: "file" },
      standalone: true,
      recoveryPassphrase: RECOVERY,
    });
    expect(custody.identity.local).not.toBeNull();
    expect(custody.keys.local?.scheme).toBe("Ed25519");
  });

  test("is not made twice", async () => {
    await init({ kind: "file" });
    await expect(init({ kind: "file" })).rejects.toMatchObject({ code: "E_INITIALISED" });
  });

  test("with a public key exchanged, a wrapped key exchanged or missing does not unseal", async () => {
    const { custody } = await init({ kind: "file" });
    const record = Buffer.from(store.findSecret("custody") ?? []);
    const exchanged = record.toString().replace(custody.identity.backupTo, custody.identity.hpke);
    store.putSecrets({ custody: Buffer.from(exchanged) });
    await expect(Custody.load(store, folders).unseal()).rejects.toMatchObject({ code: "E_KEK" });
    store.putSecrets({ custody: record });
    const alk = store.findSecret("alk") ?? new Uint8Array();
    store.putSecrets({ alk: store.findSecret("aik") ?? new Uint8Array() });
    await expect(Custody.load(store, folders).unseal()).rejects.toMatchObject({ code: "E_CUSTODY_RECORD" });
    database.prepare("DELETE FROM secret WHERE name = 'alk'").run();
    await expect(Custody.load(store, folders).unseal()).rejects.toMatchObject({ code: "E_CUSTODY_RECORD" });
    store.putSecrets({ alk });
    await Custody.load(store, folders).unseal();
  });

  test("of any other form is refused by code", () => {
    expect(() => Custody.load(store, folders)).toThrowError(refused("E_CUSTODY_RECORD"));
    for (const text of [
      "",
      "{}",
      "null",
      "[]",
      '{"ver":1}',
      '{"ver":1,"identity":{},"kek":{"kind":"file","path":"x"},"sealedRoot":""}',
      "\u0000",
    ]) {
      store.putSecrets({ custody: Buffer.from(text) });
      expect(() => Custody.load(store, folders)).toThrowError(refused("E_CUSTODY_RECORD"));
    }
  });
});

describe("the recovery file", () => {
  test("lies beside the key-encryption key, private, and says that it must be moved away", async () => {
    const { custody, recoveryPath, recoveryPassphrase } = await init({ kind: "file" });
    expect(recoveryPath).toBe(join(folders.keyDirectory, `${custody.identity.aid}.recovery`));
    expect(recoveryPassphrase).toBeNull();
    expect(statSync(recoveryPath).mode & 0o777).toBe(0o600);
    expect(readFileSync(recoveryPath, "utf8")).toContain(MOVE_IT_AWAY);
    const { aid, recipient } = await openRecoveryFile(recoveryPath, RECOVERY);
    expect(aid).toBe(custody.identity.aid);
    expect(Buffer.from(recipient.publicKey).toString("base64url")).toBe(custody.identity.backupTo);
  });

  test("gets a passphrase of 125 bits when the person gives none, told once", async () => {
    const { recoveryPath, recoveryPassphrase } = await Custody.init({
      ...folders,
      store,
      kek: { kind: "file" },
      standalone: true,
    });
    expect(recoveryPassphrase).toMatch(/^([a-km-np-z2-9]{5}-){4}[a-km-np-z2-9]{5}$/);
    await openRecoveryFile(recoveryPath, recoveryPassphrase ?? "");
  });

  test("does not open with another passphrase or with another agent's name in it", async () => {
    const { recoveryPath, custody } = await init({ kind: "file" });
    await expect(openRecoveryFile(recoveryPath, "a drawer in another housE")).rejects.toMatchObject({
      code: "E_RECOVERY_OPEN",
      message: expect.stringMatching(/passphrase is another one, or the file is damaged/),
      next: expect.stringMatching(/passphrase.*another copy/),
    });
    await expect(openRecoveryFile(join(base, "none"), RECOVERY)).rejects.toMatchObject({ code: "E_RECOVERY_FILE" });
    const text = readFileSync(recoveryPath, "utf8").replace(custody.identity.aid, `a_${"b".repeat(26)}`);
    rmSync(recoveryPath);
    const { writeFileSync } = await import("node:fs");
    writeFileSync(recoveryPath, text, { mode: 0o600 });
    await expect(openRecoveryFile(recoveryPath, RECOVERY)).rejects.toMatchObject({ code: "E_RECOVERY_OPEN" });
  });
});

function emptyStore(): SqliteSecretStore {
  const memory = new DatabaseSync(":memory:");
  memory.exec("CREATE TABLE secret (name TEXT PRIMARY KEY, wrapped BLOB NOT NULL) STRICT");
  return new SqliteSecretStore(memory);
}
