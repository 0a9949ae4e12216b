import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from "node:fs";
import { type PrivateFileFault, readPrivateFile } from "../custody/private-file.ts";
import { CliError } from "./cli-error.ts";

/** Longest file that a command takes whole, in bytes. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

/** Longest secret read from a file, a pipe or a descriptor, in bytes. */
export const MAX_SECRET_BYTES = 4096;

/**
 * Reads a file a person named on the command line: a regular file, a pipe, or standard input.
 *
 * @throws {@link CliError} `E_FILE` for one that cannot be read, is a folder or a device, or is longer than 64 MiB
 */
export function readNamedFile(path: string): Buffer {
  return withDescriptor(path, 0, (descriptor) => {
    const stat = fstatSync(descriptor);
    const stream = descriptorIn(path) !== null || stat.isFIFO();
    if (!stat.isFile() && !stream)
      throw new CliError("E_FILE", `${path} is not a regular file.`, "Name a regular file or a pipe.");
    const bytes = readBounded(descriptor, MAX_FILE_BYTES, stat.isFile() ? stat.size : 0);
    if (bytes === null)
      throw new CliError("E_FILE", `${path} is longer than 64 MiB.`, "See that it is the right file.");
    return bytes;
  });
}

/**
 * Reads a file that holds a secret: a regular file of this user that nobody else may read, or a pipe or descriptor
 * given on purpose.
 *
 * Caller must: wipe the result.
 *
 * @throws {@link CliError} `E_SECRET_FILE` for one that others may read or exchange, `E_FILE` when it cannot be read
 */
export function readSecretFile(path: string, maxBytes = MAX_SECRET_BYTES): Buffer {
  if (descriptorIn(path) !== null || isPipe(path))
    return withDescriptor(path, constants.O_NOFOLLOW, (descriptor) => readSecretDescriptor(descriptor, maxBytes));
  const read = readPrivateFile(path, maxBytes);
  if (typeof read !== "string") return read;
  throw refusalOf(path, read);
}

/** Reads a secret from a descriptor. @throws {@link CliError} `E_FILE` */
export function readSecretDescriptor(descriptor: number, maxBytes = MAX_SECRET_BYTES): Buffer {
  let bytes: Buffer | null;
  try {
    bytes = readBounded(descriptor, maxBytes, 0);
  } catch {
    throw new CliError("E_FILE", "The secret cannot be read.", "Check the descriptor or file.");
  }
  if (bytes === null) throw new CliError("E_FILE", `The secret is longer than ${maxBytes} bytes.`, "Check its source.");
  return bytes;
}

function refusalOf(path: string, fault: PrivateFileFault): CliError {
  const next: Partial<Record<PrivateFileFault, [string, string]>> = {
    mode: ["may be read by others", `Run \`chmod 600 ${path}\`, change the secret if others had it, and try again.`],
    link: ["is a symbolic link", "Name the file itself."],
    owner: ["belongs to another user", "Make it your own (`chown`), or give it by descriptor."],
    kind: ["is not a regular file with one name", "Name a regular file with mode 0600, or a pipe."],
  };
  const known = next[fault];
  if (known) return new CliError("E_SECRET_FILE", `${path} holds a secret and ${known[0]}.`, known[1]);
  if (fault === "size")
    return new CliError("E_FILE", `${path} is too long for what it is to hold.`, "Check its source.");
  return new CliError("E_FILE", `${path} cannot be read.`, "Check the path and its permissions.");
}

/** The descriptor that a path stands for: standard input, or one given by the shell. */
function descriptorIn(path: string): number | null {
  if (path === "/dev/stdin") return 0;
  const found = /^\/(?:dev|proc\/self)\/fd\/(\d{1,6})$/.exec(path);
  return found ? Number(found[1]) : null;
}

function isPipe(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFIFO() ?? false;
}

function withDescriptor(path: string, flags: number, read: (descriptor: number) => Buffer): Buffer {
  const given = descriptorIn(path);
  try {
    if (given !== null) return read(given);
    const descriptor = openSync(path, constants.O_RDONLY | flags);
    try {
      return read(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError("E_FILE", `${path} cannot be read.`, "Check the path and its permissions.");
  }
}

/** Everything up to the end; null when there is more than `maxBytes`. Buffers that were outgrown are wiped. */
function readBounded(descriptor: number, maxBytes: number, expected: number): Buffer | null {
  let buffer = Buffer.alloc(Math.min(Math.max(expected, 4096), maxBytes) + 1);
  let size = 0;
  for (;;) {
    const read = readSome(descriptor, buffer, size);
    size += read;
    if (read === 0) return buffer.subarray(0, size);
    if (size > maxBytes) {
      buffer.fill(0);
      return null;
    }
    if (size < buffer.length) continue;
    const larger = Buffer.alloc(Math.min(buffer.length * 2, maxBytes + 1));
    buffer.copy(larger);
    buffer.fill(0);
    buffer = larger;
  }
}

function readSome(descriptor: number, into: Buffer, at: number): number {
  for (;;) {
    try {
      return readSync(descriptor, into, at, into.length - at, null);
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code === "EOF") return 0;
      if (code !== "EAGAIN") throw cause;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}
