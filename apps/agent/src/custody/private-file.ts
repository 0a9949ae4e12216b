import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, resolve } from "node:path";

/** Why a file that must be private was not taken; the caller turns it into its own refusal. */
export type PrivateFileFault =
  | "missing"
  | "link"
  | "kind"
  | "mode"
  | "owner"
  | "size"
  | "exists"
  | "folder"
  | "unwritable";

/**
 * Reads a file only its owner may read: a regular file of this user, mode 0600 or less, one name, no symbolic link.
 *
 * Checks and reading use one descriptor, so the file cannot be exchanged in between. The caller wipes the result.
 */
export function readPrivateFile(path: string, maxBytes: number): Buffer | PrivateFileFault {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === "ELOOP" ? "link" : "missing";
  }
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile() || stat.nlink !== 1) return "kind";
    if ((stat.mode & 0o077) !== 0) return "mode";
    if (stat.uid !== process.getuid?.()) return "owner";
    if (stat.size > maxBytes) return "size";
    const bytes = Buffer.alloc(stat.size);
    let at = 0;
    while (at < bytes.byteLength) {
      const read = readSync(descriptor, bytes, at, bytes.byteLength - at, at);
      if (read === 0) return "size";
      at += read;
    }
    return bytes;
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Creates a file of mode 0600 that did not exist, durable when this returns.
 *
 * @param folders - `made`: folders that are missing are made, mode 0700; `there`: without its folder there is no file
 */
export function createPrivateFile(
  path: string,
  bytes: Uint8Array,
  folders: "made" | "there" = "made",
): PrivateFileFault | null {
  const folder = dirname(path);
  let descriptor: number;
  try {
    if (folders === "made") makeFolders(folder);
    else if (!existsSync(folder)) return "folder";
    if ((statSync(folder).mode & 0o022) !== 0) return "mode";
    descriptor = openSync(
      path,
      constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
      0o600,
    );
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === "EEXIST" ? "exists" : "unwritable";
  }
  try {
    let at = 0;
    while (at < bytes.byteLength) at += writeSync(descriptor, bytes, at);
    fsyncSync(descriptor);
    syncFolder(folder);
    return null;
  } catch {
    rmSync(path, { force: true });
    return "unwritable";
  } finally {
    closeSync(descriptor);
  }
}

/** Makes what is missing of a folder, each name durable in the one above. */
function makeFolders(folder: string): void {
  const whole = resolve(folder);
  const first = mkdirSync(whole, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let made = whole; made.length >= first.length; made = dirname(made)) syncFolder(dirname(made));
}

/** Overwrites a file and takes it away; what the disk itself keeps of it is not in our hands. */
export function wipeFile(path: string): void {
  try {
    const descriptor = openSync(path, constants.O_WRONLY | constants.O_NOFOLLOW);
    try {
      writeSync(descriptor, Buffer.alloc(fstatSync(descriptor).size), 0);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // Gone already, or not ours to write: taken away below where that can be done.
  }
  rmSync(path, { force: true });
}

/** Makes the names in a folder durable. */
export function syncFolder(folder: string): void {
  const descriptor = openSync(folder, constants.O_RDONLY);
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
