import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { KeyEncryptionKey, randomBytes } from "@holdfast/crypto";
import { CustodyError } from "./errors.ts";
import { refuseInside } from "./inside.ts";
import { createPrivateFile, type PrivateFileFault, readPrivateFile } from "./private-file.ts";

/** The file is this line and 32 bytes: bytes, not text, because JavaScript strings cannot be wiped. */
const HEAD = Buffer.from("holdfast-kek/v1\n", "ascii");
const KEY_BYTES = 32;

const NOT_MADE: Partial<Record<PrivateFileFault, string>> = {
  exists: "is there already",
  folder: "is in no folder that is there",
  mode: "is in a folder that others can write",
};

/** Size of such a file. */
export const KEK_FILE_BYTES = HEAD.byteLength + KEY_BYTES;

/**
 * Makes a new key-encryption key in a file that did not exist.
 *
 * @param folders - Whether folders that are missing are made; a path that a person named is in a folder that is there.
 * @throws {@link CustodyError} `E_KEK_PATH` inside the data folder, `E_KEK_PLACE` when it exists or cannot be written
 */
export function createKekFile(
  path: string,
  dataDirectory: string,
  folders: "made" | "there" = "made",
): KeyEncryptionKey {
  refuseInside(path, dataDirectory);
  const key = randomBytes(KEY_BYTES);
  const bytes = Buffer.concat([HEAD, key]);
  const fault = createPrivateFile(path, bytes, folders);
  bytes.fill(0);
  if (fault !== null) {
    key.fill(0);
    throw new CustodyError("E_KEK_PLACE", `${path} ${NOT_MADE[fault] ?? "cannot be written"}.`, { path, fault });
  }
  return KeyEncryptionKey.take(key);
}

/**
 * Reads the key-encryption key from its file.
 *
 * @throws {@link CustodyError} `E_KEK_PATH` inside the data folder; `E_KEK_FILE` when it is missing, a symbolic link, has
 * a second name, another owner, any permission for others, or another content
 */
export function readKekFile(path: string, dataDirectory: string): KeyEncryptionKey {
  refuseInside(path, dataDirectory);
  const bytes = readPrivateFile(path, KEK_FILE_BYTES);
  if (typeof bytes === "string") throw new CustodyError("E_KEK_FILE", undefined, { path, fault: bytes });
  const kek = takeKekFile(bytes);
  if (kek === null) throw new CustodyError("E_KEK_FILE", undefined, { path, fault: "content" });
  return kek;
}

/** The key in the content of such a file, which is wiped; null for another content. */
export function takeKekFile(bytes: Buffer): KeyEncryptionKey | null {
  if (bytes.byteLength === KEK_FILE_BYTES && bytes.subarray(0, HEAD.byteLength).equals(HEAD))
    return KeyEncryptionKey.take(bytes.subarray(HEAD.byteLength));
  bytes.fill(0);
  return null;
}

/** What is wrong with a key-encryption key's file: `other` is a key that opens something else, `folder` one that others may write. */
export type KekFileFault = Exclude<PrivateFileFault, "exists" | "unwritable"> | "inside" | "content" | "other";

/** Looks at the file as the next start would, and at its folder; null where all is well. @param opens - Whether a key is the right one. */
export function findKekFileFault(
  path: string,
  dataDirectory: string,
  opens: (kek: KeyEncryptionKey) => boolean,
): KekFileFault | null {
  try {
    const kek = readKekFile(path, dataDirectory);
    try {
      if (!opens(kek)) return "other";
    } finally {
      kek.zeroize();
    }
  } catch (cause) {
    if (!(cause instanceof CustodyError)) throw cause;
    return cause.code === "E_KEK_PATH" ? "inside" : (cause.detail.fault as KekFileFault);
  }
  return (statSync(dirname(path)).mode & 0o022) === 0 ? null : "folder";
}

/** The first name for this agent's key-encryption key that is free: a key-encryption key is never overwritten. */
export function freeKekPath(keyDirectory: string, aid: string): string {
  let path = join(keyDirectory, `${aid}.kek`);
  for (let n = 2; existsSync(path); n += 1) path = join(keyDirectory, `${aid}-${n}.kek`);
  return path;
}
