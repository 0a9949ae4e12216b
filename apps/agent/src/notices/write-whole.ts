import { closeSync, fsyncSync, openSync, renameSync, writeSync } from "node:fs";

/** Writes a file of this user's own, whole or not at all. */
export function writeWhole(path: string, text: string): void {
  const file = openSync(`${path}.new`, "w", 0o600);
  try {
    writeSync(file, `${text}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.new`, path);
}
