import { closeSync, constants, existsSync, fstatSync, openSync, readSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import type { KeyEncryptionKey } from "@holdfast/crypto";
import { CustodyError } from "./errors.ts";
import { KEK_FILE_BYTES, takeKekFile } from "./kek-file.ts";

const NAME = /^[A-Za-z0-9_.-]{1,64}$/;

/** Whether a name can be a credential's. */
export function isCredentialName(name: string): boolean {
  return NAME.test(name) && name !== "." && name !== "..";
}

/** Where systemd has put a credential for this process; null when it gave none. */
export function credentialPath(name: string, directory = process.env.CREDENTIALS_DIRECTORY): string | null {
  if (directory === undefined || !isAbsolute(directory) || !isCredentialName(name)) return null;
  return join(directory, name);
}

/** Whether systemd gave this process the credential. */
export function hasCredential(name: string): boolean {
  const path = credentialPath(name);
  return path !== null && existsSync(path);
}

/**
 * Reads the key-encryption key from a systemd credential (`LoadCredential=`, `LoadCredentialEncrypted=`): the content of a
 * key-encryption key's file, which the service manager keeps in memory for this service alone.
 *
 * @throws {@link CustodyError} `E_CREDENTIAL` when it was not given, others may read it, or it holds something else
 * @see systemd.exec(5), Credentials
 */
export function readCredential(name: string): KeyEncryptionKey {
  const path = credentialPath(name);
  if (path === null) throw new CustodyError("E_CREDENTIAL", undefined, { name, fault: "not-given" });
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    throw new CustodyError("E_CREDENTIAL", undefined, { name, fault: "missing" });
  }
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile() || (stat.mode & 0o007) !== 0 || stat.size !== KEK_FILE_BYTES)
      throw new CustodyError("E_CREDENTIAL", undefined, {
        name,
        fault: stat.size === KEK_FILE_BYTES ? "mode" : "content",
      });
    const bytes = Buffer.alloc(KEK_FILE_BYTES);
    const kek = readSync(descriptor, bytes, 0, KEK_FILE_BYTES, 0) === KEK_FILE_BYTES ? takeKekFile(bytes) : null;
    bytes.fill(0);
    if (kek === null) throw new CustodyError("E_CREDENTIAL", undefined, { name, fault: "content" });
    return kek;
  } finally {
    closeSync(descriptor);
  }
}
