import { mkdirSync, readdirSync, rmdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
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
 * @returns what takes away the folders that were made here, where nothing came of it; one that holds anything stays
 * @throws {@link StoreError} `E_STORE` where it cannot be made or read
 */
export function makeDataFolder(path: string): () => void {
  try {
    const undo = makeFolders(path);
    readdirSync(path);
    return undo;
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

/** Makes a folder, private to this user, and those above it. @returns what takes away those that were made, while they are empty */
export function makeFolders(path: string): () => void {
  const whole = resolve(path);
  const first = mkdirSync(whole, { recursive: true, mode: 0o700 });
  return () => {
    if (first === undefined) return;
    try {
      for (let made = whole; made.length >= first.length; made = dirname(made)) rmdirSync(made);
    } catch {
      // Somebody has put something there since.
    }
  };
}
