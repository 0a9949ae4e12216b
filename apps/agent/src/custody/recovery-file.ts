import { join } from "node:path";
import {
  deriveKekFromPassphrase,
  type KeyEncryptionKey,
  newPassphraseParameters,
  type PassphraseParameters,
  parsePassphraseParameters,
  type RecipientHandle,
  randomBytes,
  unwrapRecipientKey,
  wrapRecipientKey,
} from "@holdfast/crypto";
import { CustodyError } from "./errors.ts";
import { refuseWeakPassphrase } from "./kek-source.ts";
import { createPrivateFile, readPrivateFile } from "./private-file.ts";

/** Said to the person who runs `init`, and in the file itself. */
export const MOVE_IT_AWAY =
  "This file and its passphrase open every backup of this agent: move it to another place, and keep the passphrase apart from it.";

const MAX_FILE_BYTES = 16 * 1024;
const READABLE = "abcdefghijkmnpqrstuvwxyz23456789"; // 32 characters without l, o, 0 and 1

/** A passphrase nobody has to invent: 25 readable characters, 125 bits. */
export function newRecoveryPassphrase(): string {
  const characters = [...randomBytes(25)].map((byte) => READABLE.charAt(byte & 31));
  return [0, 5, 10, 15, 20].map((at) => characters.slice(at, at + 5).join("")).join("-");
}

/** Where the recovery file of a new agent lies: in the folder of the key-encryption key. */
export function recoveryPathIn(keyFolder: string, aid: string): string {
  return join(keyFolder, `${aid}.recovery`);
}

/** The key that a passphrase was derived into, and how. */
export interface RecoveryKey {
  readonly parameters: PassphraseParameters;
  readonly kek: KeyEncryptionKey;
}

/** Derives a fresh key from a passphrase. @throws {@link CustodyError} `E_PASSPHRASE_WEAK` */
export async function deriveRecoveryKey(passphrase: string): Promise<RecoveryKey> {
  refuseWeakPassphrase(passphrase);
  const parameters = newPassphraseParameters();
  return { parameters, kek: await deriveKekFromPassphrase(passphrase, parameters) };
}

/**
 * Writes the private half of `backupTo` under its own passphrase.
 *
 * @param protection - The passphrase; or its key, which stays the caller's to wipe
 * @throws {@link CustodyError} `E_RECOVERY_FILE` when it exists or cannot be written, `E_PASSPHRASE_WEAK`
 */
export async function createRecoveryFile(
  path: string,
  aid: string,
  recipient: RecipientHandle,
  protection: string | RecoveryKey,
): Promise<void> {
  const { parameters, kek } = typeof protection === "string" ? await deriveRecoveryKey(protection) : protection;
  const backupTo = Buffer.from(recipient.publicKey).toString("base64url");
  const wrapped = wrapRecipientKey(kek, recipient, bindingName(aid, backupTo)).toString("base64url");
  if (typeof protection === "string") kek.zeroize();
  const file = { typ: "holdfast-recovery", ver: 1, note: MOVE_IT_AWAY, aid, backupTo, passphrase: parameters, wrapped };
  const fault = createPrivateFile(path, Buffer.from(`${JSON.stringify(file, null, 2)}\n`, "utf8"));
  if (fault !== null) throw new CustodyError("E_RECOVERY_FILE", undefined, { path, fault });
}

/**
 * Opens a recovery file.
 *
 * @throws {@link CustodyError} `E_RECOVERY_FILE` for no such file, `E_RECOVERY_OPEN` for a wrong passphrase or a changed file
 */
export async function openRecoveryFile(
  path: string,
  passphrase: string,
): Promise<{ aid: string; recipient: RecipientHandle }> {
  const bytes = readPrivateFile(path, MAX_FILE_BYTES);
  if (typeof bytes === "string") throw new CustodyError("E_RECOVERY_FILE", undefined, { path, fault: bytes });
  const { aid, backupTo, parameters, wrapped } = parseRecoveryFile(bytes, path);
  try {
    const kek = await deriveKekFromPassphrase(passphrase, parsePassphraseParameters(parameters));
    const recipient = unwrapRecipientKey(kek, Buffer.from(wrapped, "base64url"), bindingName(aid, backupTo));
    kek.zeroize();
    return { aid, recipient };
  } catch {
    throw new CustodyError("E_RECOVERY_OPEN", undefined, { path });
  }
}

function bindingName(aid: string, backupTo: string): string {
  return `backupTo ${aid} ${backupTo}`;
}

function parseRecoveryFile(
  bytes: Buffer,
  path: string,
): { aid: string; backupTo: string; parameters: unknown; wrapped: string } {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString("utf8"));
  } catch {
    value = null;
  }
  const given = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  const { typ, ver, aid, backupTo, passphrase, wrapped } = given;
  if (
    typ !== "holdfast-recovery" ||
    ver !== 1 ||
    typeof aid !== "string" ||
    typeof backupTo !== "string" ||
    typeof wrapped !== "string"
  ) {
    throw new CustodyError("E_RECOVERY_FILE", undefined, { path, fault: "content" });
  }
  return { aid, backupTo, parameters: passphrase, wrapped };
}
