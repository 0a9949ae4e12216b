import { DatabaseSync } from "node:sqlite";
import { CryptoError, openSealedRoot, openStream, type RootKey } from "@holdfast/crypto";
import { unwrapAgentKeys, zeroizeAgentKeys } from "../agent-keys.ts";
import { type AgentIdentity, parseCustodyRecord } from "../custody-record.ts";
import { asCustodyError, CustodyError } from "../errors.ts";
import { openRecoveryFile } from "../recovery-file.ts";
import { SqliteSecretStore } from "../secret-store.ts";
import type { VerifiedBackupFile } from "./backup-file.ts";
import type { BackupManifest } from "./manifest.ts";
import { sealInfo } from "./manifest.ts";
import { writeStoreStream } from "./store-stream.ts";

/** Who opens the backup: the recovery file and its passphrase. */
export interface RecoveryKey {
  readonly recoveryFile: string;
  readonly recoveryPassphrase: string;
}

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
 * @throws {@link CustodyError} `E_RECOVERY_FILE`, `E_RECOVERY_OPEN`, `E_BACKUP_OPEN`, `E_BACKUP_CONTENT`, `E_RESTORE_TARGET`
 */
export async function openBackup(
  file: VerifiedBackupFile,
  recovery: RecoveryKey,
  storePath: string,
): Promise<OpenedBackup> {
  const { manifest } = file;
  const { recipient } = await openRecoveryFile(recovery.recoveryFile, recovery.recoveryPassphrase);
  let root: RootKey | null = null;
  try {
    const sealedRoot = {
      enc: Buffer.from(manifest.root.enc, "base64url"),
      ct: Buffer.from(manifest.root.ct, "base64url"),
    };
    const commitment = Buffer.from(manifest.rootCommit, "base64url");
    root = await openSealedRoot(recipient, sealedRoot, sealInfo("root", manifest), commitment);
    const settings = await writeStoreStream(openStream(file.blob(), recipient, sealInfo("store", manifest)), storePath);
    return { root, identity: inspectStore(storePath, manifest, root), settings };
  } catch (cause) {
    root?.zeroize();
    if (cause instanceof CryptoError) throw new CustodyError("E_BACKUP_OPEN");
    throw asCustodyError(cause, "E_BACKUP_FILE", storePath);
  } finally {
    recipient.zeroize();
  }
}

/** The copy is a sound database, and its custody is the one the manifest names and this root key opens. */
function inspectStore(storePath: string, manifest: BackupManifest, root: RootKey): AgentIdentity {
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(storePath, { readOnly: true });
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
  } catch {
    throw new CustodyError("E_BACKUP_CONTENT");
  } finally {
    database?.close();
  }
}
