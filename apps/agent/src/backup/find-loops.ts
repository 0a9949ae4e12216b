import { readFileSync, statSync } from "node:fs";
import { hostname, networkInterfaces } from "node:os";
import type { BackupDestination, BackupPolicy } from "@holdfast/protocol";

/** A way in which a disaster would take the backup together with what it is a backup of. */
export interface Loop {
  readonly what: string;
  readonly next: string;
}

/** What a destination is held against. */
export interface LoopSurroundings {
  readonly dataDirectory: string;
  /** What the clients of this key server are called. */
  readonly clients: readonly string[];
}

const ELSEWHERE = "Add a destination on another machine.";
const CIRCLE =
  "Make sure that it starts and opens without this key server, or add a destination that does; else neither comes back after a power cut.";

/**
 * Looks for backups that are of no use when they are needed: on the disk or machine of the store itself, or on one that
 * needs this key server's keys to open.
 *
 * What a machine far away does with keys cannot be seen from here: only names that are those of clients are found.
 */
export function findLoops(
  { destinations }: Pick<BackupPolicy, "destinations">,
  surroundings: LoopSurroundings,
): Loop[] {
  return destinations.flatMap((to) =>
    to.kind === "directory" ? directoryLoops(to, surroundings) : machineLoops(to, surroundings),
  );
}

function directoryLoops(
  { name, path }: Extract<BackupDestination, { kind: "directory" }>,
  { dataDirectory }: LoopSurroundings,
): Loop[] {
  const device = deviceOf(path);
  if (device === null) return []; // the check of the destination itself says that it is not there
  const loops: Loop[] = [];
  if (device === deviceOf(dataDirectory))
    loops.push({ what: `Backups at ${name} (${path}) lie on the same disk as the keys.`, next: ELSEWHERE });
  if (isEncryptedDisk(device))
    loops.push({
      what: `Backups at ${name} (${path}) lie on an encrypted disk. If its key comes from this key server, each needs the other.`,
      next: CIRCLE,
    });
  return loops;
}

function machineLoops(to: Exclude<BackupDestination, { kind: "directory" }>, { clients }: LoopSurroundings): Loop[] {
  const host = (to.kind === "sftp" ? to.host : new URL(to.endpoint).hostname).replace(/^\[|\]$/g, "").toLowerCase();
  const loops: Loop[] = [];
  if (isThisMachine(host))
    loops.push({ what: `Backups at ${to.name} go to this very machine (${host}).`, next: ELSEWHERE });
  const client = clients.find((label) => isNameOf(label.toLowerCase(), host));
  if (client !== undefined)
    loops.push({
      what: `Backups at ${to.name} go to ${host}, and ${client} is a client of this key server: it may need these keys to open its disks.`,
      next: CIRCLE,
    });
  return loops;
}

/** Whether a client's name is the host's, in full or up to its first dot. */
function isNameOf(label: string, host: string): boolean {
  return label === host || (label.length > 1 && label === host.split(".")[0] && !/^[0-9.]+$/.test(host));
}

function isThisMachine(host: string): boolean {
  if (host === "localhost" || host.endsWith(".localhost") || host === "::1" || host.startsWith("127.")) return true;
  const own = hostname().toLowerCase();
  if (host === own || host.split(".")[0] === own.split(".")[0]) return !/^[0-9]/.test(host);
  return Object.values(networkInterfaces()).some((each) => each?.some(({ address }) => address === host));
}

function deviceOf(path: string): bigint | null {
  try {
    return statSync(path, { bigint: true }).dev;
  } catch {
    return null;
  }
}

/** Whether Linux's device mapper encrypts the disk of that number. */
function isEncryptedDisk(device: bigint): boolean {
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & 0xfffff000n);
  const minor = (device & 0xffn) | ((device >> 12n) & 0xffffff00n);
  try {
    return readFileSync(`/sys/dev/block/${major}:${minor}/dm/uuid`, "utf8").startsWith("CRYPT-");
  } catch {
    return false;
  }
}
