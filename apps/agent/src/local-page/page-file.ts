import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

const MOST_BYTES = 64 * 1024;

/**
 * Reads a file that others put there, links followed. Treats it as hostile: what is no regular file, or is longer than 64 KiB, is not read,
 * and nothing waits for whoever is at a pipe's other end.
 *
 * @throws {@link RangeError} for such a file, and the system's error for one that cannot be opened
 */
export function readPageFile(path: string): string {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile() || stat.size > MOST_BYTES) throw new RangeError("The file is none of the page's.");
    const bytes = Buffer.alloc(MOST_BYTES + 1);
    let size = 0;
    for (let read = -1; read !== 0 && size <= MOST_BYTES; size += read)
      read = readSync(descriptor, bytes, size, bytes.byteLength - size, null);
    if (size > MOST_BYTES) throw new RangeError("The file is none of the page's.");
    return bytes.toString("utf8", 0, size);
  } finally {
    closeSync(descriptor);
  }
}
