import { existsSync, linkSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { randomBytes, sealStream } from "@holdfast/crypto";
import { exportRootForBackup } from "@holdfast/crypto/egress";
import type { EscrowedManifest } from "@holdfast/protocol";
import type { Custody } from "../custody.ts";
import { asCustodyError, CustodyError } from "../errors.ts";
import { createPrivateFile, syncFolder } from "../private-file.ts";
import { BackupFileWriter, readBackupFile } from "./backup-file.ts";
import { type BackupHead, type BackupManifest, sealInfo, signManifest } from "./manifest.ts";
import { storeStream } from "./store-stream.ts";
import { type BackupFacts, type DrillChecks, type EscrowSource, writeEscrowed } from "./write-escrowed.ts";

/** What custody needs of the store to back it up. */
export interface BackupSource {
  /** Facts of the store as it stands; public. `checkpoint` is the signed note. */
  describe(): { tid: string; roster: { seq: number; hash: string }; checkpoint: string; size: number; keys: number };
  /** Writes a copy of the state at this very call into an empty private file. */
  snapshotInto(path: string): Promise<void> | void;
  /** The agent's settings file, so that a restored agent has the same pinned page origin. No secrets. */
  settings(): Uint8Array;
  /** Who holds shares, and the chain against which releases are checked; null or absent while there are no custodians. */
  escrow?(): EscrowSource | null;
}

/** What was made. */
export interface BackupMade {
  readonly path: string;
  readonly bytes: number;
  readonly manifest: BackupManifest | EscrowedManifest;
  /** Of a backup with custodians: its hash, and what the agent keeps to judge drills by. */
  readonly escrow: { readonly hash: string; readonly drills: DrillChecks } | null;
}

/**
 * Makes a backup: a consistent copy of the store and the root key, with a signed manifest, sealed to `backupTo`, or where
 * there are custodians under a fresh key that is split among them.
 *
 * The file appears under its name only after it was read back and verified; a file that exists is never replaced.
 *
 * @param now - Unix seconds.
 * @throws {@link CustodyError} `E_SEALED`, `E_BACKUP_FILE`
 */
export async function createBackup(
  custody: Custody,
  source: BackupSource,
  path: string,
  dataDirectory: string,
  now: number,
): Promise<BackupMade> {
  const { keys } = custody; // refuses here while sealed
  if (existsSync(path)) throw new CustodyError("E_BACKUP_FILE", undefined, { path, fault: "EEXIST" });
  const { aid, aik, backupTo, rootCommit } = custody.identity;
  const nonce = randomBytes(16).toString("base64url");
  const snapshot = join(dataDirectory, `backup-${nonce}.db`);
  const partial = `${path}.${nonce}.partial`;
  try {
    // Nothing is awaited before the call that takes the copy, so facts and copy are of one state.
    const { checkpoint, ...described } = source.describe();
    const escrow = source.escrow?.() ?? null;
    if (createPrivateFile(snapshot, new Uint8Array()) !== null)
      throw new CustodyError("E_BACKUP_FILE", undefined, { path: snapshot });
    await source.snapshotInto(snapshot);
    const head: BackupHead = { tid: described.tid, aid, made: now, nonce, backupTo, rootCommit };
    const facts = { ...head, ...described, aik, checkpoint: Buffer.from(checkpoint, "utf8").toString("base64url") };
    const writer = new BackupFileWriter(partial, escrow === null ? "recovery" : "escrow");
    const content = storeStream(source.settings(), snapshot);
    let drills: DrillChecks | null = null;
    try {
      if (escrow === null) await writeToRecoveryKey(writer, keys, facts, content);
      else drills = await writeEscrowed(writer, keys, facts, { ...escrow, content });
    } finally {
      writer.close();
    }
    const { manifest, escrow: written, bytes } = await readBackupFile(partial);
    place(partial, path);
    return { path, bytes, manifest, escrow: written && drills && { hash: written.hash, drills } };
  } catch (cause) {
    throw asCustodyError(cause, "E_BACKUP_FILE", path); // a full disk, a store that gives no copy
  } finally {
    rmSync(snapshot, { force: true });
    rmSync(partial, { force: true });
  }
}

/** First form: sealed to the holder of the recovery file. */
async function writeToRecoveryKey(
  writer: BackupFileWriter,
  { root, aik }: Custody["keys"],
  facts: BackupFacts,
  content: AsyncIterable<Uint8Array>,
): Promise<void> {
  const recipient = Buffer.from(facts.backupTo, "base64url");
  const sealedRoot = await exportRootForBackup(root, recipient, sealInfo("root", facts));
  for await (const part of sealStream(content, recipient, sealInfo("store", facts))) writer.append(part);
  const sealed = { enc: base64url(sealedRoot.enc), ct: base64url(sealedRoot.ct) };
  const manifest: BackupManifest = { typ: "manifest", ver: 1, ...facts, root: sealed, blob: writer.digest() };
  writer.finish(signManifest(manifest, aik));
}

/** Gives the finished file its name; a link, unlike a rename, fails when the name is taken. */
function place(partial: string, path: string): void {
  try {
    linkSync(partial, path);
    syncFolder(dirname(path));
  } catch (cause) {
    throw new CustodyError("E_BACKUP_FILE", undefined, {
      path,
      fault: (cause as NodeJS.ErrnoException).code ?? "unknown",
    });
  }
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}
