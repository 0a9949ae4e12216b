import { createHash, getFips, hash } from "node:crypto";
import { readFileSync } from "node:fs";

/** What this process can truthfully say about its cryptographic module. */
export interface FipsStatus {
  /**
   * `on` only where a FIPS provider is loaded into this process, the runtime asks for it for every algorithm, SHA-256 comes
   * out of it and MD5 does not. The runtime's own flag proves nothing: it can be set without any provider.
   */
  readonly mode: "on" | "off";
  /** The library that computes, as the runtime names it. */
  readonly module: string;
  readonly moduleVersion: string;
  /** Whether that library came with the runtime or from the operating system. */
  readonly linkage: "bundled" | "shared";
  /** The provider's file as it is mapped into this process; absent where none is. */
  readonly provider?: FipsProvider;
  /** Always "not claimed": a certificate number belongs to a module in its tested environment, which no program can see. */
  readonly validation: "not claimed";
}

/** The file of a FIPS provider. Compare its digest with what its maker says of the validated build. */
export interface FipsProvider {
  /** SHA-256 of the file, base64url. */
  readonly sha256: string;
  /** As the file says of itself; absent where it says several or none. */
  readonly version?: string;
}

/** What was found, and why the mode is what it is. */
export interface FipsFacts extends FipsStatus {
  /** Whether the runtime's flag is set. */
  readonly flag: boolean;
  /** Where the provider's file is; null where none is loaded. */
  readonly path: string | null;
  readonly why: FipsReason;
}

/** `broken`: the flag is set and no provider answers; `unforced`: one is loaded, and weaker algorithms still work. */
export type FipsReason = "active" | "no-provider" | "unforced" | "broken";

/** What a probe looks at; a test gives other answers. */
export interface FipsSurroundings {
  readonly flag: () => boolean;
  readonly computes: (algorithm: "sha256" | "md5") => boolean;
  /** Files that are mapped into this process. */
  readonly mappedFiles: () => readonly string[];
  readonly read: (path: string) => Buffer;
}

const PROVIDER_FILE = /\/fips\.so$/;

/** Probes the runtime; the answer cannot change while the process lives. */
export function fipsFacts(): FipsFacts {
  known ??= probeFips(THIS_PROCESS);
  return known;
}

/** What of it is attested and reported. */
export function fipsStatus(): FipsStatus {
  const { flag: _flag, path: _path, why: _why, ...status } = fipsFacts();
  return status;
}

let known: FipsFacts | null = null;

/** Probes what it is given. */
export function probeFips({ flag, computes, mappedFiles, read }: FipsSurroundings): FipsFacts {
  const shared = (process.config.variables as { node_shared_openssl?: unknown }).node_shared_openssl === true;
  const path = mappedFiles().find((each) => PROVIDER_FILE.test(each)) ?? null;
  const isFlagged = flag();
  const why = reasonOf(isFlagged, path !== null, computes);
  return {
    mode: why === "active" ? "on" : "off",
    module: "OpenSSL",
    moduleVersion: process.versions.openssl,
    linkage: shared ? "shared" : "bundled",
    ...(path === null ? {} : { provider: describeProvider(read(path)) }),
    validation: "not claimed",
    flag: isFlagged,
    path,
    why,
  };
}

function reasonOf(flag: boolean, loaded: boolean, computes: FipsSurroundings["computes"]): FipsReason {
  if (flag && !computes("sha256")) return "broken";
  if (!loaded) return flag ? "broken" : "no-provider";
  return flag && !computes("md5") ? "active" : "unforced";
}

function describeProvider(file: Buffer): FipsProvider {
  const named = new Set(file.toString("latin1").match(/(?<![\w.])3\.\d{1,2}\.\d{1,2}(?:-[a-z0-9]{1,12})?(?=\0)/g));
  const [version] = named;
  const sha256 = createHash("sha256").update(file).digest("base64url");
  return version !== undefined && named.size === 1 ? { sha256, version } : { sha256 };
}

const THIS_PROCESS: FipsSurroundings = {
  flag: () => getFips() === 1,
  computes(algorithm) {
    try {
      return hash(algorithm, "").length > 0;
    } catch {
      return false;
    }
  },
  mappedFiles() {
    try {
      const maps = readFileSync("/proc/self/maps", "latin1");
      return [...new Set(maps.split("\n").map((line) => line.slice(line.indexOf("/"))))];
    } catch {
      return []; // no such list on this system: nothing is claimed
    }
  },
  read: (path) => readFileSync(path),
};
