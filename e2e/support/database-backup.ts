import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseOwner } from "./database-owner.ts";
import type { Product } from "./product.ts";

/** A control plane's whole database as it was once, and where it lies while it runs. */
export interface DatabaseBackup {
  readonly cluster: string;
  readonly copy: string;
}

/** Copies the running database as PostgreSQL's own backups do. Caller must: remove `folder`. */
export async function backUpDatabase(product: Product, folder: string): Promise<DatabaseBackup> {
  const owner = await DatabaseOwner.connect(product);
  const [shown] = await owner.query<{ data_directory: string }>("show data_directory");
  const backup = { cluster: shown?.data_directory ?? "", copy: join(folder, "database") };
  await owner.query("select pg_backup_start('e2e', true)");
  copyWhole(backup.cluster, backup.copy);
  const [ended] = await owner.query<{ labelfile: string }>("select labelfile from pg_backup_stop(false)");
  await owner.close();
  rmSync(join(backup.copy, "pg_wal"), { recursive: true });
  copyWhole(join(backup.cluster, "pg_wal"), join(backup.copy, "pg_wal"));
  rmSync(join(backup.copy, "postmaster.pid"));
  writeFileSync(join(backup.copy, "backup_label"), ended?.labelfile ?? "", { mode: 0o644 });
  return backup;
}

/** Puts the database back as it was. Caller must: have ended what uses it. */
export function restoreDatabase({ cluster, copy }: DatabaseBackup): void {
  loseDatabase({ cluster });
  copyWhole(copy, cluster);
}

/** The database is gone. */
export function loseDatabase({ cluster }: Pick<DatabaseBackup, "cluster">): void {
  rmSync(cluster, { recursive: true });
}

/** Owners and modes as well: the database runs as a user of its own where the tests run as root. */
function copyWhole(from: string, to: string): void {
  const { status, stderr } = spawnSync("cp", ["-a", from, to], { encoding: "utf8" });
  if (status !== 0) throw new TypeError(stderr);
}
