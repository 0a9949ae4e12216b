import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { StartError } from "../start/start-error.ts";

/** How to run PostgreSQL, which refuses to run as root: where its files are and what goes before its command. */
export interface PostgresPlace {
  /** Folder with `bin/postgres`. */
  readonly native: string;
  /** The cluster's data folder. */
  readonly cluster: string;
  /** Words before the command: empty, or a user namespace in which root is an ordinary user. */
  readonly prefix: readonly string[];
  /** The account to switch to, where neither of the above is possible. */
  readonly account?: { readonly uid: number; readonly gid: number; readonly name: string };
}

const NAMESPACE = ["unshare", "--user", "--map-user=1000", "--map-group=1000", "--"];
const ACCOUNTS = ["postgres", "nobody", "daemon"];

/**
 * Decides how PostgreSQL can run on this machine, changing nothing about its users.
 *
 * As an ordinary user: directly. As root: in a user namespace, so that files stay root's and a 0700 checkout works.
 * Where namespaces are refused, with copies under /var/lib/holdfast and an account that already exists.
 */
export function choosePlace(native: string, cluster: string): PostgresPlace {
  const isRoot = process.getuid?.() === 0;
  if (!isRoot) return { native, cluster, prefix: [] };
  if (runsInNamespace(native, cluster)) return { native, cluster, prefix: NAMESPACE };
  return placeForAccount(native, cluster);
}

function runsInNamespace(native: string, cluster: string): boolean {
  const [command = "", ...rest] = NAMESPACE;
  const folder = join(cluster, "..");
  const probe = 'test -w "$1" && exec "$2" --version';
  const words = [...rest, "/bin/sh", "-c", probe, "sh", folder, join(native, "bin/postgres")];
  return spawnSync(command, words, { stdio: "ignore" }).status === 0;
}

function placeForAccount(native: string, cluster: string): PostgresPlace {
  const account = findAccount();
  const home = join("/var/lib/holdfast", createHash("sha256").update(cluster).digest("hex").slice(0, 16));
  const copy = { native: join(home, "native"), cluster: join(home, "postgres") };
  mkdirSync(home, { recursive: true, mode: 0o755 });
  chmodSync(home, 0o755);
  chownSync(home, account.uid, account.gid);
  if (!existsSync(join(copy.native, "bin/postgres"))) {
    cpSync(native, copy.native, { recursive: true, verbatimSymlinks: true });
  }
  if (!existsSync(copy.cluster) && existsSync(cluster)) {
    cpSync(cluster, copy.cluster, { recursive: true });
    chownAll(copy.cluster, account.uid, account.gid);
  }
  return { ...copy, prefix: [], account };
}

function findAccount(): { uid: number; gid: number; name: string } {
  const rows = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((row) => row.split(":"));
  for (const name of ACCOUNTS) {
    const row = rows.find((fields) => fields[0] === name);
    if (row && Number(row[2]) > 0) return { uid: Number(row[2]), gid: Number(row[3]), name };
  }
  throw new StartError(
    "PostgreSQL refuses to run as root, and this machine has neither user namespaces nor an unprivileged account.",
    "Start as an ordinary user, or set DATABASE_URL to a PostgreSQL of yours.",
  );
}

function chownAll(path: string, uid: number, gid: number): void {
  lchownSync(path, uid, gid);
  if (!statSync(path).isDirectory()) return;
  for (const name of readdirSync(path)) chownAll(join(path, name), uid, gid);
}
