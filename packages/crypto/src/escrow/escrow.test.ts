import { shareInfo } from "@holdfast/protocol";
import { deriveRecipientKey, open, seal } from "@holdfast/protocol/custodian";
import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from "@hpke/core";
import { describe, expect, test } from "vitest";
import { exportBackupKey, exportShare } from "../egress.ts";
import { openSealedBackupKey } from "../hpke/open-root.ts";
import { generateRecipientKey } from "../hpke/recipient-handle.ts";
import { RootKey } from "../wrapping/root-key.ts";
import { BackupKey, openRootUnder, openStreamUnder, sealRootUnder, sealStreamUnder } from "./backup-key.ts";
import { joinShares, openShare, type ShareHandle, splitBackupKey } from "./share-handle.ts";

const info = Buffer.from("info");
const TID = "aaaaaaaaaaaaaaaaaaaaaaaaaa";

/** Whether a key is the one that sealed this. */
async function opens(key: BackupKey, sealed: readonly Buffer[]): Promise<boolean> {
  try {
    for await (const _ of openStreamUnder(sealed, key, info));
    return true;
  } catch {
    return false;
  }
}

async function sealedBy(key: BackupKey): Promise<Buffer[]> {
  const sealed: Buffer[] = [];
  for await (const part of sealStreamUnder([Buffer.from("content")], key, info)) sealed.push(part);
  return sealed;
}

describe("a backup's key", () => {
  test("comes back from any three of its five shares, and from no two", async () => {
    const key = BackupKey.generate();
    const sealed = await sealedBy(key);
    const shares = splitBackupKey(key, { parts: 5, threshold: 3 });
    const pick = (...at: number[]) => at.map((each) => shares[each] as ShareHandle);
    for (let a = 0; a < 5; a += 1)
      for (let b = a + 1; b < 5; b += 1) {
        expect(await opens(joinShares(pick(a, b)), sealed)).toBe(false);
        for (let c = b + 1; c < 5; c += 1) expect(await opens(joinShares(pick(a, b, c)), sealed)).toBe(true);
      }
    expect(() => joinShares(pick(0, 0, 1))).toThrow(expect.objectContaining({ code: "E_CRYPTO_INPUT" }));
  });

  test("opens its root key with the same info and commitment, and with no other key", () => {
    const key = BackupKey.generate();
    const root = RootKey.generate();
    const sealed = sealRootUnder(key, root, info);
    expect(openRootUnder(key, sealed, info, root.commitment).commitment).toEqual(root.commitment);
    for (const attempt of [
      () => openRootUnder(BackupKey.generate(), sealed, info, root.commitment),
      () => openRootUnder(key, sealed, Buffer.from("other"), root.commitment),
      () => openRootUnder(key, sealed, info, RootKey.generate().commitment),
      () => openRootUnder(key, sealed.subarray(1), info, root.commitment),
    ])
      expect(attempt).toThrow(expect.objectContaining({ code: "E_DECRYPT" }));
  });

  test("goes to the recovery key whole, and serves nothing once it was wiped", async () => {
    const key = BackupKey.generate();
    const sealed = await sealedBy(key);
    const recovery = generateRecipientKey();
    const again = await openSealedBackupKey(recovery, await exportBackupKey(key, recovery.publicKey, info), info);
    expect(await opens(again, sealed)).toBe(true);
    key.zeroize();
    expect(() => splitBackupKey(key, { parts: 3, threshold: 2 })).toThrow(
      expect.objectContaining({ code: "E_CRYPTO_DESTROYED" }),
    );
    expect(JSON.stringify(again)).toBe('{"key":"backup"}');
  });
});

describe("a share", () => {
  test("opens for its recipient and info alone, and is the one that was committed to", async () => {
    const [one, two] = splitBackupKey(BackupKey.generate(), { parts: 3, threshold: 2 }) as [ShareHandle, ShareHandle];
    const recipient = generateRecipientKey();
    const sealed = await exportShare(one, recipient.publicKey, info);
    const opened = await openShare(recipient, sealed, info);
    const salt = Buffer.alloc(32, 7);
    expect(opened.matches(salt, one.commitment(salt))).toBe(true);
    expect(opened.matches(salt, two.commitment(salt))).toBe(false);
    expect(opened.matches(Buffer.alloc(32), one.commitment(salt))).toBe(false);
    expect(opened.drillAnswer(salt)).toEqual(one.drillAnswer(salt));
    expect(opened.drillAnswer(salt)).not.toEqual(opened.drillAnswer(Buffer.alloc(32)));
    for (const attempt of [
      () => openShare(generateRecipientKey(), sealed, info),
      () => openShare(recipient, sealed, Buffer.from("other")),
    ])
      await expect(attempt()).rejects.toMatchObject({ code: "E_DECRYPT" });
    expect(JSON.stringify(opened)).toBe('{"share":1}');
  });
});

describe("a custodian's own HPKE", () => {
  const seed = new Uint8Array(32).fill(9);

  test("and the key server's open what the other sealed", async () => {
    const custodian = await deriveRecipientKey(seed);
    const [share] = splitBackupKey(BackupKey.generate(), { parts: 2, threshold: 2 }) as [ShareHandle];
    const bound = shareInfo({ tid: TID, manifest: "m", shareId: "s", purpose: "escrow" });
    const bytes = await open(custodian, await exportShare(share, custodian.publicKey, bound), bound);
    const server = generateRecipientKey();
    const again = await openShare(server, await seal(server.publicKey, bound, bytes), bound);
    expect(again.commitment(seed)).toEqual(share.commitment(seed));
    const other = await deriveRecipientKey(new Uint8Array(32).fill(8));
    await expect(open(other, await exportShare(share, custodian.publicKey, bound), bound)).rejects.toMatchObject({
      code: "E_SIG",
    });
  });

  test("derives the key pair that RFC 9180 derives from a seed", async () => {
    const kem = new CipherSuite({
      kem: new DhkemP256HkdfSha256(),
      kdf: new HkdfSha256(),
      aead: new Aes256Gcm(),
    }).kem;
    const ours = await deriveRecipientKey(seed);
    const theirs = await kem.deriveKeyPair(seed.slice().buffer);
    expect(Buffer.from(ours.publicKey)).toEqual(Buffer.from(await kem.serializePublicKey(theirs.publicKey)));
  });
});
