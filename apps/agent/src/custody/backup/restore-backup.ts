import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { RootKey } from "@holdfast/crypto";
import { SqliteStore } from "../../keystore/sqlite/sqlite-store.ts";
import { encodeCustodyRecord } from "../custody-record.ts";
import { asCustodyError, CustodyError } from "../errors.ts";
import { type RestoredUnder, restoredUnderRow } from "../escrow/restored-under.ts";
import { type CustodyFolders, establishKek, type KekChoice, type KekSource } from "../kek-source.ts";
import { syncFolder } from "../private-file.ts";
import { SqliteSecretStore } from "../secret-store.ts";
import { readBackupFile, type VerifiedBackupFile } from "./backup-file.ts";
import { markRecovering } from "./mark-recovering.ts";
import { type BackupOpener, openBackup } from "./open-backup.ts";

/** What to restore, how to open it, and how the root key is protected from now on. */
export type RestoreOptions = CustodyFolders &
  BackupOpener & {
    readonly backup: string;
    readonly kek: KekChoice;
    /** Kept in the restored store, to be put on record once it is accepted. */
    readonly under?: RestoredUnder;
  };

/** What came back. */
export interface Restored {
  readonly manifest: VerifiedBackupFile["manifest"];
  readonly kek: KekSource;
  /** The settings file the backup carried; the caller writes it. */
  readonly settings: Buffer;
}

/**
 * Restores a backup into a fresh data folder under a new key-encryption key.
 *
 * The domain's row says `recovering`: the agent serves what exists, and changes nothing until `restore.accept`.
 * The store appears under its name as the last step; a restore that is cut off leaves no agent behind.
 *
 * @throws {@link CustodyError} `E_RESTORE_TARGET` when the folder holds an agent, the codes of {@link verifyBackup}, and of
 * the new key-encryption key `E_KEK_PATH`, `E_KEK_FILE`, `E_PASSPHRASE_WEAK`
 */
export async function restoreBackup(options: RestoreOptions): Promise<Restored> {
  const { dataDirectory } = options;
  const target = join(dataDirectory, "agent.db");
  const partial = `${target}.restoring`;
  if (existsSync(target)) throw new CustodyError("E_RESTORE_TARGET", undefined, { path: dataDirectory });
  const file = await readBackupFile(options.backup);
  prepareFolder(dataDirectory, partial);
  let source: KekSource | null = null;
  try {
    const { root, identity, settings } = await openBackup(file, options, partial);
    try {
      const established = await establishKek(options.kek, identity.aid, options);
      source = established.source;
      putCustody(partial, encodeCustodyRecord(identity, source, established.kek, root), root, options.under);
      established.kek.zeroize();
    } finally {
      root.zeroize();
    }
    renameSync(partial, target);
    syncFolder(dataDirectory);
    return { manifest: file.manifest, kek: source, settings };
  } catch (cause) {
    rmSync(partial, { force: true });
    if (source?.kind === "file") rmSync(source.path, { force: true });
    throw asCustodyError(cause, "E_RESTORE_TARGET", dataDirectory);
  }
}

/** Makes the folder, and takes away what an earlier restore left when it was cut off. */
function prepareFolder(dataDirectory: string, partial: string): void {
  try {
    mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
    rmSync(partial, { force: true });
  } catch (cause) {
    throw asCustodyError(cause, "E_RESTORE_TARGET", dataDirectory);
  }
}

/** Replaces the sealed root key and makes the domain one that is recovering, in one transaction. */
function putCustody(storePath: string, record: Uint8Array, root: RootKey, under?: RestoredUnder): void {
  const store = SqliteStore.open(storePath);
  try {
    store.transact(() => {
      markRecovering(store, root);
      new SqliteSecretStore(store.database).putSecrets({ custody: record });
      if (under !== undefined) store.putRow("setting", restoredUnderRow(root, under));
    });
  } finally {
    store.close();
  }
}
