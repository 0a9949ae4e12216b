import type { DatabaseSync } from "node:sqlite";
import {
  type BackupKey,
  CryptoError,
  openRootUnder,
  openSealedBackupKey,
  openSealedRoot,
  openStream,
  openStreamUnder,
  type RootKey,
} from "@holdfast/crypto";
import type { EscrowedManifest } from "@holdfast/protocol";
import { StoreError } from "../../keystore/errors.ts";
import { openDatabase } from "../../keystore/sqlite/open-database.ts";
import { unwrapAgentKeys, zeroizeAgentKeys } from "../agent-keys.ts";
import { type AgentIdentity, parseCustodyRecord } from "../custody-record.ts";
import { asCustodyError, CustodyError } from "../errors.ts";
import { openRecoveryFile } from "../recovery-file.ts";
import { SqliteSecretStore } from "../secret-store.ts";
import type { VerifiedBackupFile } from "./backup-file.ts";
import { sealInfo } from "./manifest.ts";
import { writeStoreStream } from "./store-stream.ts";

/** The recovery file and its passphrase. */
export interface RecoveryKey {
  readonly recoveryFile: string;
  readonly recoveryPassphrase: string;
}

/** Who opens the backup: the recovery file, or the key that custodians' shares gave back. */
export type BackupOpener = RecoveryKey | { readonly backupKey: BackupKey };

/** An opened backup: the root key and the store's copy in a file. */
export interface OpenedBackup {
  readonly root: RootKey;
  readonly identity: AgentIdentity;
  readonly settings: Buffer;
}

/**
 * Opens a backup into a new file and checks that what is in it belongs together.
 *
 * Caller must: remove the file when this throws, and zeroise the root key when done.
 * @throws {@link CustodyError} `E_RECOVERY_FILE`, `E_RECOVERY_OPEN`, `E_BACKUP_OPEN`, `E_BACKUP_ESCROWED`, `E_BACKUP_CONTENT`,
 *   `E_RESTORE_TARGET`; {@link StoreError} `E_STORE_FORM`
 */
export async function openBackup(
  file: VerifiedBackupFile,
  opener: BackupOpener,
  storePath: string,
): Promise<OpenedBackup> {
  const { manifest } = file;
  let root: RootKey | null = null;
  try {
    const opened = await openParts(file, opener);
    root = opened.root;
    const settings = await writeStoreStream(opened.stream, storePath);
    return { root, identity: inspectStore(storePath, manifest, root), settings };
  } catch (cause) {
    root?.zeroize();
    if (cause instanceof CryptoError) throw new CustodyError("E_BACKUP_OPEN");
    throw asCustodyError(cause, "E_BACKUP_FILE", storePath);
  }
}

interface Parts {
  readonly root: RootKey;
  readonly stream: AsyncIterable<Buffer>;
}

async function openParts(file: VerifiedBackupFile, opener: BackupOpener): Promise<Parts> {
  const { manifest } = file;
  if (manifest.typ === "backup") return openEscrowed(file, manifest, opener);
  if ("backupKey" in opener) throw new CustodyError("E_BACKUP_OPEN");
  const { recipient } = await openRecoveryFile(opener.recoveryFile, opener.recoveryPassphrase);
  const sealedRoot = { enc: bytesOf(manifest.root.enc), ct: bytesOf(manifest.root.ct) };
  const commitment = bytesOf(manifest.rootCommit);
  const root = await openSealedRoot(recipient, sealedRoot, sealInfo("root", manifest), commitment);
  return { root, stream: openStream(file.blob(), recipient, sealInfo("store", manifest)) };
}

async function openEscrowed(
  file: VerifiedBackupFile,
  manifest: EscrowedManifest,
  opener: BackupOpener,
): Promise<Parts> {
  const key = "backupKey" in opener ? opener.backupKey : await keyByRecoveryFile(manifest, opener);
  const root = openRootUnder(key, bytesOf(manifest.root), sealInfo("root", manifest, 2), bytesOf(manifest.rootCommit));
  return { root, stream: openStreamUnder(file.blob(), key, sealInfo("store", manifest, 2)) };
}

async function keyByRecoveryFile(manifest: EscrowedManifest, recovery: RecoveryKey): Promise<BackupKey> {
  const { k, custodians } = manifest.escrow;
  if (manifest.recovery === undefined)
    throw new CustodyError("E_BACKUP_ESCROWED", undefined, { k, n: custodians.length });
  const { recipient } = await openRecoveryFile(recovery.recoveryFile, recovery.recoveryPassphrase);
  try {
    const sealed = { enc: bytesOf(manifest.recovery.enc), ct: bytesOf(manifest.recovery.ct) };
    return await openSealedBackupKey(recipient, sealed, sealInfo("key", manifest, 2));
  } finally {
    recipient.zeroize();
  }
}

function bytesOf(text: string): Buffer {
  return Buffer.from(text, "base64url");
}

/** The copy is a sound database, and its custody is the one the manifest names and this root key opens. */
function inspectStore(storePath: string, manifest: VerifiedBackupFile["manifest"], root: RootKey): AgentIdentity {
  let database: DatabaseSync | null = null;
  try {
    database = openDatabase(storePath, { readOnly: true });
    const sound = database.prepare("PRAGMA integrity_check").get()?.integrity_check === "ok";
    const store = new SqliteSecretStore(database);
    const record = store.findSecret("custody");
    if (!sound || record === null) throw new CustodyError("E_BACKUP_CONTENT");
    const { identity } = parseCustodyRecord(record);
    for (const name of ["aid", "aik", "backupTo", "rootCommit"] as const) {
      if (identity[name] !== manifest[name]) throw new CustodyError("E_BACKUP_CONTENT");
    }
    zeroizeAgentKeys(unwrapAgentKeys(root.kek, store, identity));
    return identity;
  } catch (cause) {
    if (cause instanceof StoreError && cause.code === "E_STORE_FORM") throw cause;
    throw new CustodyError("E_BACKUP_CONTENT");
  } finally {
    database?.close();
  }
}
