import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import {
  BackupKey,
  generateKey,
  generateRecipientKey,
  joinShares,
  type KeyBinding,
  openShare,
  openWithKey,
  type RecipientHandle,
  type ShareHandle,
  sealWithKey,
  unwrapKeyMaterial,
  wrapKeyMaterial,
} from "@holdfast/crypto";
import { type EscrowPlan, shareInfo } from "@holdfast/protocol";
import { SoftwareDomain } from "@holdfast/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodeBody, sealRow } from "../../keystore/row.ts";
import { SqliteStore } from "../../keystore/sqlite/sqlite-store.ts";
import { Custody } from "../custody.ts";
import { SqliteSecretStore } from "../secret-store.ts";
import { readBackupFile, type VerifiedBackupFile } from "./backup-file.ts";
import { type BackupMade, type BackupSource, createBackup } from "./create-backup.ts";
import { restoreBackup } from "./restore-backup.ts";
import { verifyBackup } from "./verify-backup.ts";

const NOW = 1_790_000_000;
const TID = "aaaaaaaaaaaaaaaaaaaaaaaaaa";
const RECOVERY = "a drawer in another house";
const KEY_ID = { keyId: "k_aebagbafaydqqcikbmga2dqpca", version: 1 };
const BINDING: KeyBinding = {
  ...{ domain: TID, id: KEY_ID, algorithm: "AES-256", usages: ["encrypt", "decrypt"], extractable: false },
};
const HASH = "A".repeat(43);
const NAMES = ["Maria", "Jonas", "Li"];

let base: string;
let store: SqliteStore;
let custody: Custody;
let folders: { dataDirectory: string; keyDirectory: string };
let recovery: { recoveryFile: string; recoveryPassphrase: string };
let ciphertext: Buffer;
let people: { seat: string; key: RecipientHandle; second: RecipientHandle }[];
let source: BackupSource;
let path: string;
let made: BackupMade;
let file: VerifiedBackupFile;
let attempt = 0;

beforeAll(async () => {
  base = realpathSync(mkdtempSync(join(tmpdir(), "holdfast-escrow-")));
  folders = { dataDirectory: join(base, "data"), keyDirectory: join(base, "keys") };
  mkdirSync(folders.dataDirectory, { mode: 0o700 });
  store = SqliteStore.open(join(folders.dataDirectory, "agent.db"));
  const init = await Custody.init({
    ...folders,
    store: new SqliteSecretStore(store.database),
    kek: { kind: "file" },
    standalone: true,
    recoveryPassphrase: RECOVERY,
  });
  custody = init.custody;
  recovery = { recoveryFile: init.recoveryPath, recoveryPassphrase: RECOVERY };
  const { root } = custody.keys;
  const key = generateKey("AES-256", BINDING);
  const version = { id: `${KEY_ID.keyId}/1`, body: wrapKeyMaterial(root.kek, key, TID), leaf: 1 };
  store.putRow("key_version", sealRow(root, "key_version", version));
  const domain = { tid: TID, createdAt: NOW - 60, locked: false, recovering: false, leaf: 0 };
  store.putRow("setting", sealRow(root, "setting", { id: "domain", body: encodeBody(domain), leaf: 0 }));
  ciphertext = sealWithKey(key, Buffer.from("written before the disaster"));
  people = NAMES.map((_, at) => ({
    seat: `${"abcdefghijklmnopqrstuvwxy".slice(0, 24)}${"abc"[at]}a`,
    key: generateRecipientKey(),
    second: generateRecipientKey(),
  }));
  source = sourceOf(false);
  path = join(base, "escrowed.holdfast-backup");
  made = await createBackup(custody, source, path, folders.dataDirectory, NOW);
  file = await readBackupFile(path);
});
afterAll(() => {
  store.close();
  rmSync(base, { recursive: true, force: true });
});

function sourceOf(recoveryFile: boolean): BackupSource {
  const plan: EscrowPlan = {
    k: 2,
    recoveryFile,
    custodians: people.map(({ seat, key, second }, at) => ({
      seat,
      label: NAMES[at] ?? "",
      routes: [
        { route: "file" as const, hpke: Buffer.from(key.publicKey).toString("base64url") },
        {
          route: "passkey" as const,
          hpke: Buffer.from(second.publicKey).toString("base64url"),
          credId: "A".repeat(22),
        },
      ],
    })),
  };
  return {
    describe: () => ({
      ...{ tid: TID, roster: { seq: 0, hash: HASH }, size: 3, keys: 1 },
      checkpoint: "holdfast/x\n1\nroot\n\n— x y\n",
    }),
    snapshotInto: (into) => store.copyInto(into),
    settings: () => Buffer.from('{"name":"agent one"}'),
    escrow: () => ({ plan, chain: SoftwareDomain.found({ seed: "escrowed" }).links }),
  };
}

/** What a custodian opens of the backup, by the first or the second way. */
async function shareOf(of: VerifiedBackupFile, at: number, way: 0 | 1 = 0): Promise<ShareHandle> {
  const { seat, key, second } = people[at] as (typeof people)[number];
  const trailer = of.escrow;
  const sealed = trailer?.shares.shares.find((each) => each.seat === seat)?.sealed[way];
  if (!trailer || !sealed) return expect.unreachable();
  const info = shareInfo({ tid: TID, manifest: trailer.hash, shareId: seat, purpose: "escrow" });
  const bytes = { enc: Buffer.from(sealed.enc, "base64url"), ct: Buffer.from(sealed.ct, "base64url") };
  return openShare(way === 0 ? key : second, bytes, info);
}

const restore = (opener: { backupKey: BackupKey } | typeof recovery, from = path) => {
  attempt += 1;
  const fresh = { dataDirectory: join(base, `fresh-${attempt}`), keyDirectory: join(base, `fresh-keys-${attempt}`) };
  const kek = { kind: "passphrase", passphrase: "a new long passphrase" } as const;
  return { fresh, done: restoreBackup({ ...fresh, ...opener, backup: from, kek }) };
};

describe("a backup with custodians", () => {
  test("opens with any two of its three, by either of a custodian's ways, and old ciphertext opens", async () => {
    for (const [one, other] of [
      [0, 1],
      [0, 2],
      [1, 2],
    ] as const) {
      const backupKey = joinShares([await shareOf(file, one), await shareOf(file, other, 1)]);
      expect(await verifyBackup(path, { backupKey })).toMatchObject({ opened: true, hash: made.escrow?.hash });
    }
    const { fresh, done } = restore({ backupKey: joinShares([await shareOf(file, 2), await shareOf(file, 0)]) });
    await done;
    const copy = SqliteStore.open(join(fresh.dataDirectory, "agent.db"));
    const again = Custody.load(new SqliteSecretStore(copy.database), fresh);
    await again.unseal("a new long passphrase");
    const row = copy.findRow("key_version", `${KEY_ID.keyId}/1`);
    const key = unwrapKeyMaterial(again.keys.root.kek, row?.body ?? new Uint8Array(), BINDING);
    expect(openWithKey(key, ciphertext).toString()).toBe("written before the disaster");
    copy.close();
  });

  test("of a store with a view in it is refused, however many shares open it", async () => {
    const snapshotInto = async (into: string) => {
      await store.copyInto(into);
      const copy = new DatabaseSync(into);
      copy.exec("CREATE VIEW v AS SELECT * FROM key");
      copy.close();
    };
    const planted = join(base, "planted.holdfast-backup");
    await createBackup(custody, { ...source, snapshotInto }, planted, folders.dataDirectory, NOW);
    const read = await readBackupFile(planted);
    const backupKey = joinShares([await shareOf(read, 0), await shareOf(read, 1)]);
    await expect(verifyBackup(planted, { backupKey })).rejects.toMatchObject({ code: "E_STORE_FORM" });
    await expect(restore({ backupKey }, planted).done).rejects.toMatchObject({ code: "E_STORE_FORM" });
  });

  test("opens with no one share, none twice, and none of another backup, by one code and leaving nothing", async () => {
    const otherPath = join(base, "other.holdfast-backup");
    await createBackup(custody, source, otherPath, folders.dataDirectory, NOW + 1);
    const other = await readBackupFile(otherPath);
    const one = await shareOf(file, 0);
    expect(() => joinShares([one, one])).toThrow(expect.objectContaining({ code: "E_CRYPTO_INPUT" }));
    for (const shares of [[one], [one, await shareOf(other, 1)], [await shareOf(other, 0), await shareOf(other, 1)]]) {
      const { done } = restore({ backupKey: joinShares(shares) });
      await expect(done).rejects.toMatchObject({ code: "E_BACKUP_OPEN" });
    }
    await expect(restore({ backupKey: BackupKey.generate() }).done).rejects.toMatchObject({ code: "E_BACKUP_OPEN" });
  });

  test("opens with the recovery file only where the plan says so", async () => {
    await expect(verifyBackup(path, recovery)).rejects.toMatchObject({ code: "E_BACKUP_ESCROWED" });
    await expect(restore(recovery).done).rejects.toMatchObject({ code: "E_BACKUP_ESCROWED", detail: { k: 2, n: 3 } });
    const both = join(base, "both.holdfast-backup");
    await createBackup(custody, sourceOf(true), both, folders.dataDirectory, NOW);
    expect(await verifyBackup(both, recovery)).toMatchObject({ opened: true });
  });

  test("says which custodians open it, and nothing of what is in it", async () => {
    const bytes = readFileSync(path);
    for (const clear of ["SQLite format 3", "key_version", KEY_ID.keyId, "agent one"])
      expect(bytes.includes(Buffer.from(clear))).toBe(false);
    expect(file.manifest).toMatchObject({
      escrow: { k: 2, custodians: NAMES.map((label) => ({ label })) },
    });
    for (const at of [0, 1, 2]) {
      const share = await shareOf(file, at);
      const { escrow } = file.escrow?.manifest ?? expect.unreachable();
      const commit = Buffer.from(escrow.custodians[at]?.commit ?? "", "base64url");
      expect(share.matches(Buffer.from(escrow.salt, "base64url"), commit)).toBe(true);
      const [drill] = made.escrow?.drills ?? [];
      const answer = Buffer.from(share.drillAnswer(Buffer.from(drill?.nonce ?? "", "base64url"))).toString("base64url");
      expect(drill?.answers[people[at]?.seat ?? ""]).toBe(answer);
    }
  });

  test("is refused by code with any one byte changed, in what custodians need as in the rest", async () => {
    const good = readFileSync(path);
    const changed = join(base, "changed.holdfast-backup");
    const codes = new Set<string>();
    const manifestAt = good.byteLength - 8 - 64 - (file.escrow?.signedManifest.bytes.byteLength ?? 0);
    const sharesAt = manifestAt - 64 - (file.escrow?.signedShares.bytes.byteLength ?? 0);
    const isClose = (at: number) => at < 20 || (at >= manifestAt - 64 && at < manifestAt) || at >= good.byteLength - 80;
    for (
      let at = 0;
      at < good.byteLength;
      at += isClose(at) || isClose(at + 37) ? 1 : at < sharesAt - 12_000 ? 11_100 : 37
    ) {
      const bytes = Buffer.from(good);
      bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << (at % 8)), at);
      writeFileSync(changed, bytes, { mode: 0o600 });
      const refusal = await verifyBackup(changed).then(
        () => null,
        (error: unknown) => error,
      );
      expect(refusal, `byte ${at}`).toMatchObject({
        code: expect.stringMatching(/^E_BACKUP_(FORM|SIGNATURE|DIGEST)$/),
      });
      codes.add((refusal as { code: string }).code);
    }
    expect([...codes].sort()).toEqual(["E_BACKUP_DIGEST", "E_BACKUP_FORM", "E_BACKUP_SIGNATURE"]);
  }, 60_000);
});
