import type { BackupDestination } from "@holdfast/protocol";
import { CustodyError, type CustodyErrorCode } from "../../custody/errors.ts";

/**
 * A place that keeps backups. It is trusted with nothing: what it gives back is verified by the caller.
 *
 * Every call ends with the signal, and throws {@link CustodyError} `E_BACKUP_PLACE` or `E_BACKUP_ACCESS`.
 */
export interface Destination {
  /** Puts a file under a name that is not taken; the name is there only once the file is whole. */
  put(file: string, name: string, signal: AbortSignal): Promise<void>;
  /** Reads the file of that name into a new file of mode 0600. */
  get(name: string, into: string, signal: AbortSignal): Promise<void>;
  /** The length of the file of that name; null when it is not there. The file itself is not read. */
  look(name: string, signal: AbortSignal): Promise<number | null>;
  /** Names of all files there. */
  list(signal: AbortSignal): Promise<string[]>;
  remove(name: string, signal: AbortSignal): Promise<void>;
}

/** Why a destination failed, in one word that says nothing of secrets. */
export type Fault =
  | "missing"
  | "inside"
  | "exists"
  | "space"
  | "unreachable"
  | "timeout"
  | "host-key"
  | "refused"
  | "no-sftp"
  | "answer"
  | "gone"
  | "changed"
  | "failed";

/** What each fault means to a person. */
export const FAULT_WORDS: Readonly<Record<Fault, string>> = {
  missing: "the folder or bucket is not there",
  inside: "it lies inside the data folder, and is lost with it",
  exists: "a file of that name is there already",
  space: "it is full",
  unreachable: "it cannot be reached",
  timeout: "it did not answer in time",
  "host-key": "another server answered: its key is not the one in the policy",
  refused: "it refuses this key server's credentials",
  "no-sftp": "this host has no sftp program (OpenSSH's client)",
  answer: "it answered something unexpected",
  gone: "the newest backup is not there any more",
  changed: "the newest backup there has another length than it had",
  failed: "it failed",
};

/** A destination's refusal, by fault. */
export function placeError(to: Pick<BackupDestination, "name">, fault: Fault): CustodyError {
  const code: CustodyErrorCode = "E_BACKUP_PLACE";
  const what = `Destination ${to.name}: ${FAULT_WORDS[fault]}.`;
  return new CustodyError(code, what, { to: to.name, fault });
}

/** What was read back there before is not there now: gone, or changed. */
export function missingError(to: Pick<BackupDestination, "name">, fault: "gone" | "changed"): CustodyError {
  const what = `Destination ${to.name}: ${FAULT_WORDS[fault]}.`;
  return new CustodyError("E_BACKUP_MISSING", what, { to: to.name, fault });
}

const FAULT_OF: Readonly<Record<string, Fault>> = {
  ENOENT: "missing",
  ENOTDIR: "missing",
  EEXIST: "exists",
  ENOSPC: "space",
  EDQUOT: "space",
  EACCES: "refused",
  EPERM: "refused",
  EROFS: "refused",
  ECONNREFUSED: "unreachable",
  ECONNRESET: "unreachable",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
  ENOTFOUND: "unreachable",
  EAI_AGAIN: "unreachable",
  ETIMEDOUT: "timeout",
  ABORT_ERR: "timeout",
};

/** The refusal for whatever went wrong: ours as it is, the system's by what it means. */
export function asPlaceError(cause: unknown, to: Pick<BackupDestination, "name">): CustodyError {
  if (cause instanceof CustodyError) return cause;
  const code = (cause as { code?: unknown } | null)?.code;
  const fault = typeof code === "string" ? (FAULT_OF[code] ?? certificateFault(code)) : "failed";
  return Object.assign(placeError(to, fault), { cause });
}

/** Errors of a certificate are those of another server. */
function certificateFault(code: string): Fault {
  return /CERT|SIGNED|ALTNAME|ISSUER/.test(code) ? "host-key" : "failed";
}
