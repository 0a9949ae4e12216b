import { mkdirSync, readdirSync } from "node:fs";
import { StoreError } from "./keystore/errors.ts";

const FAULTS: Readonly<Record<string, string>> = {
  ENOTDIR: "a part of that path is a file",
  EEXIST: "that is a file",
  EACCES: "this user may not",
  EPERM: "this user may not",
  EROFS: "its file system is read-only",
  ENOSPC: "the disk is full",
};

/**
 * Makes the folder for an agent's data, private to this user, where it is not there.
 *
 * @throws {@link StoreError} `E_STORE` where it cannot be made or read
 */
export function makeDataFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    readdirSync(path);
  } catch (cause) {
    const fault = String((cause as NodeJS.ErrnoException).code ?? "unknown");
    throw new StoreError(
      "E_STORE",
      `The data folder ${path} cannot be made or read: ${FAULTS[fault] ?? fault}. Nothing was made.`,
      { path, fault },
      "Name a folder that this user can make and read, with --data.",
    );
  }
}
