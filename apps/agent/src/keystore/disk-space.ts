import { statfsSync } from "node:fs";

/** Below this nothing of the store can be relied on to find room. */
export const FULL_BYTES = 512 * 1024;

/** Bytes that this user may still write at a path's file system; null where it does not say. */
export function freeBytesAt(path: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize;
  } catch {
    return null;
  }
}

/** So many bytes, for people. */
export function bytesText(bytes: number): string {
  const [unit, size] = bytes >= 2 ** 30 ? ["GiB", 2 ** 30] : bytes >= 2 ** 20 ? ["MiB", 2 ** 20] : ["KiB", 1024];
  return `${Math.floor(bytes / Number(size))} ${unit}`;
}

const SQLITE_FULL = 13;

/** Whether a write failed because there was no room. */
export function saysFull(cause: unknown): boolean {
  const { errcode = 0, code } = (cause ?? {}) as { readonly errcode?: number; readonly code?: unknown };
  return (errcode & 0xff) === SQLITE_FULL || code === "ENOSPC" || code === "EDQUOT";
}
