import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { basename, dirname, sep } from "node:path";

/** Where a file lies. */
export interface StorageFacts {
  /** Number of the file system's device: equal for two files on one file system. */
  readonly device: number;
  readonly type: string;
  readonly source: string;
  /** Whether a layer below encrypts (dm-crypt). */
  readonly encrypted: boolean;
  /** Machines that the storage comes from; empty for a local disk. */
  readonly hosts: readonly string[];
}

/** What this machine says of itself. */
export interface HostFacts {
  /** Of a path that exists; null for one that does not, or on a system that does not say. */
  readonly storageOf: (path: string) => StorageFacts | null;
  /** Addresses of this machine. */
  readonly addresses: readonly string[];
  /** Maker and product, as the firmware says. */
  readonly machine: string;
  /** Bytes that a crash would write of this process's own memory: `none`, `some`, or `unknown`. */
  readonly coreDump: "none" | "some" | "unknown";
  /** Kilobytes of this process that are in swap; null where the system does not say. */
  readonly swappedKiB: number | null;
  /** Swap that is neither encrypted nor in memory. */
  readonly openSwap: readonly string[];
  /** Yama's ptrace_scope; null where there is none: then processes of one user may read each other's memory. */
  readonly ptraceScope: number | null;
}

const NETWORK_TYPES: Readonly<Record<string, RegExp>> = {
  nfs: /^\[?([^\]/]+?)\]?:\//,
  nfs4: /^\[?([^\]/]+?)\]?:\//,
  cifs: /^\/\/([^/]+)\//,
  smb3: /^\/\/([^/]+)\//,
  ceph: /^([^/]+):\//,
  glusterfs: /^([^:/]+):/,
};

/** Reads what Linux says in /proc and /sys; elsewhere nothing is claimed. */
export function readHostFacts(): HostFacts {
  return {
    storageOf,
    addresses: Object.values(networkInterfaces()).flatMap((each) => (each ?? []).map(({ address }) => address)),
    machine: [textOf("/sys/class/dmi/id/sys_vendor"), textOf("/sys/class/dmi/id/product_name")].join(" ").trim(),
    coreDump: coreDump(),
    swappedKiB: swappedKiB(),
    openSwap: openSwap(),
    ptraceScope: numberIn("/proc/sys/kernel/yama/ptrace_scope"),
  };
}

/**
 * Has a crash of this process write none of its memory, whoever collects core files.
 *
 * @see core(5): /proc/pid/coredump_filter
 */
export function keepMemoryOutOfCoreDumps(write: (path: string, text: string) => void): boolean {
  try {
    write("/proc/self/coredump_filter", "0");
    return coreDump() === "none";
  } catch {
    return false;
  }
}

function storageOf(path: string): StorageFacts | null {
  try {
    const real = realpathSync(path);
    const mount = mountOf(real);
    if (mount === null) return null;
    const { type, source } = mount;
    const host = NETWORK_TYPES[type]?.exec(source)?.[1];
    return {
      device: statSync(real).dev,
      type,
      source,
      encrypted: isEncrypted(source),
      hosts: host === undefined ? [] : host.split(",").map((each) => each.replace(/:\d+$/, "")),
    };
  } catch {
    return null;
  }
}

interface Mount {
  readonly point: string;
  readonly type: string;
  readonly source: string;
}

function mountOf(path: string): Mount | null {
  const mounts = readFileSync("/proc/self/mountinfo", "utf8").trimEnd().split("\n").map(readMount);
  const over = mounts.filter(
    ({ point }) => path === point || path.startsWith(point.endsWith(sep) ? point : point + sep),
  );
  return over.reduce<Mount | null>(
    (best, each) => (each.point.length >= (best?.point.length ?? 0) ? each : best),
    null,
  );
}

/** One line of mountinfo. @see proc_pid_mountinfo(5) */
export function readMount(line: string): Mount {
  const [before = "", after = ""] = line.split(" - ");
  const plain = (text = "") =>
    text.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
  const [type = "", source = ""] = after.split(" ");
  return { point: plain(before.split(" ")[4]), type, source: plain(source) };
}

/** Whether a block device, or one below it, is made by dm-crypt. */
function isEncrypted(source: string): boolean {
  if (!source.startsWith("/dev/")) return false;
  try {
    return isCryptDevice(basename(realpathSync(source)));
  } catch {
    return false;
  }
}

function isCryptDevice(name: string): boolean {
  if (textOf(`/sys/class/block/${name}/dm/uuid`).startsWith("CRYPT-")) return true;
  return below(name).some(isCryptDevice);
}

function below(name: string): string[] {
  const slaves = entriesOf(`/sys/class/block/${name}/slaves`);
  if (slaves.length > 0) return slaves;
  try {
    const parent = basename(dirname(realpathSync(`/sys/class/block/${name}`)));
    return parent !== "block" && textOf(`/sys/class/block/${name}/partition`) !== "" ? [parent] : [];
  } catch {
    return [];
  }
}

/** A process that dumps nothing by its filter, or may write no core file and has no collector behind a pipe. */
function coreDump(): HostFacts["coreDump"] {
  const filter = textOf("/proc/self/coredump_filter");
  if (filter === "") return "unknown";
  return Number.parseInt(filter, 16) === 0 ? "none" : "some";
}

function swappedKiB(): number | null {
  const kilobytes = /^VmSwap:\s+(\d+) kB$/m.exec(textOf("/proc/self/status"))?.[1];
  return kilobytes === undefined ? null : Number(kilobytes);
}

function openSwap(): string[] {
  const lines = textOf("/proc/swaps").split("\n").slice(1);
  return lines
    .map((line) => line.split(/\s+/)[0] ?? "")
    .filter(
      (path) => path !== "" && !/^\/dev\/zram/.test(path) && !isEncrypted(path) && storageOf(path)?.encrypted !== true,
    );
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return "";
  }
}

function numberIn(path: string): number | null {
  const text = textOf(path);
  return /^\d+$/.test(text) ? Number(text) : null;
}

function entriesOf(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
