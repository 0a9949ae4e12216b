import { existsSync, linkSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type RootKey, randomBytes } from "@holdfast/crypto";
import { makeFolders } from "../../data-folder.ts";
import { SqliteStore } from "../../keystore/sqlite/sqlite-store.ts";
import { encodeCustodyRecord } from "../custody-record.ts";
import { asCustodyError, CustodyError } from "../errors.ts";
import { type RestoredUnder, restoredUnderRow } from "../escrow/restored-under.ts";
import { type CustodyFolders, establishKek, type KekChoice, type KekMade, type KekSource } from "../kek-source.ts";
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
 * The store appears under its name as the last step, and never in the place of another: a restore that is cut off leaves no
 * agent behind, and of several at once one is done; the others take away what they made.
 *
 * @throws {@link CustodyError} `E_RESTORE_TARGET` when the folder holds an agent, also one restored meanwhile; the codes of
 * {@link verifyBackup}, and of the new key-encryption key `E_KEK_PATH`, `E_KEK_FILE`, `E_KEK_PLACE`, `E_PASSPHRASE_WEAK`
 */
export async function restoreBackup(options: RestoreOptions): Promise<Restored> {
  const { dataDirectory } = options;
  const target = join(dataDirectory, STORE);
  if (existsSync(target)) throw new CustodyError("E_RESTORE_TARGET", undefined, { path: dataDirectory });
  const file = await readBackupFile(options.backup);
  const { partial, removeFolder } = prepareFolder(dataDirectory);
  let established: KekMade | null = null;
  try {
    const { root, identity, settings } = await openBackup(file, options, partial);
    try {
      established = await establishKek(options.kek, identity.aid, options);
      const record = encodeCustodyRecord(identity, established.source, established.kek, root);
      putCustody(partial, record, root, options.under);
    } finally {
      established?.kek.zeroize();
      root.zeroize();
    }
    linkSync(partial, target); // a rename would replace what another restore put there
    rmSync(partial);
    syncFolder(dataDirectory);
    return { manifest: file.manifest, kek: established.source, settings };
  } catch (cause) {
    rmSync(partial, { force: true });
    await established?.undo?.();
    if (established?.path !== undefined) rmSync(established.path, { force: true });
    removeFolder();
    throw asCustodyError(cause, "E_RESTORE_TARGET", dataDirectory);
  }
}

const STORE = "agent.db";
const RESTORING = `${STORE}.restoring`;

/** Makes the folder, and takes away what restores left that were cut off. @returns where this one's store grows */
function prepareFolder(dataDirectory: string): { readonly partial: string; readonly removeFolder: () => void } {
  let removeFolder: () => void;
  try {
    removeFolder = makeFolders(dataDirectory);
    for (const name of readdirSync(dataDirectory))
      if (name.startsWith(RESTORING) && !isRunning(Number(name.split("-")[1] ?? 0)))
        rmSync(join(dataDirectory, name), { force: true });
  } catch (cause) {
    throw asCustodyError(cause, "E_RESTORE_TARGET", dataDirectory);
  }
  const partial = join(dataDirectory, `${RESTORING}-${process.pid}-${randomBytes(4).toString("hex")}`);
  return { partial, removeFolder };
}

/** Whether a process runs, this one included. */
function isRunning(pid: number): boolean {
  if (pid <= 0) return false;
  try {
    return process.kill(pid, 0);
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === "EPERM";
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
