import { isUtf8 } from "node:buffer";
import { isDerSequence } from "./der-reader.ts";
import { TransferError } from "./errors.ts";
import { type FoundKey, foundPrivateKey, foundSecret } from "./found-key.ts";
import { readJwks } from "./read-jwk.ts";
import { isCsvList, isNearCsvList, readCsvList, readJsonList } from "./read-list.ts";
import { isPem, openPrivateKey, readPem } from "./read-pem.ts";
import { isPkcs12, readPkcs12 } from "./read-pkcs12.ts";

/** Forms of files that are read. */
export const KEY_FILE_FORMS = ["raw", "pem", "pkcs8", "pkcs12", "jwk", "list"] as const;

/** A form of a file. */
export type KeyFileForm = (typeof KEY_FILE_FORMS)[number];

/** What somebody says of a file. */
export interface KeyFileHints {
  /** Told from the file's own bytes where nobody says it. */
  readonly form?: KeyFileForm;
  /** Of raw bytes. `secret-data` for what is no key. */
  readonly algorithm?: string;
  /** Asked for only where the file has one. */
  readonly passphrase: () => Promise<string>;
}

/**
 * Reads the keys of a file.
 *
 * @throws {@link TransferError} `E_KEY_FILE`, `E_KEY_PASSPHRASE`
 */
export async function readKeys(bytes: Buffer, hints: KeyFileHints): Promise<FoundKey[]> {
  const form = hints.form ?? formOf(bytes, hints.algorithm !== undefined);
  switch (form) {
    case "raw":
      return [foundSecret(Buffer.from(bytes), hints.algorithm ?? null, null)];
    case "pem":
      return readPem(bytes, isLocked(bytes) ? await hints.passphrase() : null);
    case "pkcs12":
      return readPkcs12(bytes, await hints.passphrase());
    case "pkcs8":
      return [await readPkcs8(bytes, hints)];
    case "jwk":
      return readJwks(parseJson(bytes) as Readonly<Record<string, unknown>>);
    case "list": {
      const text = bytes.toString("utf8");
      return /^\s*[[{]/.test(text) ? readJsonList(listIn(parseJson(bytes))) : readCsvList(text);
    }
  }
}

/**
 * A raw key is any bytes at all: one in 128 begins with a bracket, as JSON does, and one in 256 as DER does. So the whole of
 * a file has to be text before it is JSON or CSV, and the length within has to be the file's before it is DER.
 */
function formOf(bytes: Buffer, isNamed: boolean): KeyFileForm {
  if (isPem(bytes)) return "pem";
  if (isUtf8(bytes)) {
    const text = bytes.toString("utf8").trimStart();
    if (text.startsWith("[")) return "list";
    if (text.startsWith("{")) return "jwk";
    if (isCsvList(text) || (!isNamed && isNearCsvList(text))) return "list";
  }
  if (isPkcs12(bytes)) return "pkcs12";
  return !isNamed && isDerSequence(bytes) ? "pkcs8" : "raw";
}

async function readPkcs8(bytes: Buffer, { passphrase }: KeyFileHints): Promise<FoundKey> {
  for (const type of ["pkcs8", "sec1", "pkcs1"] as const) {
    try {
      return foundPrivateKey(openPrivateKey({ key: bytes, format: "der", type }, null), null);
    } catch (cause) {
      if (!(cause instanceof TransferError)) throw cause;
    }
  }
  return foundPrivateKey(openPrivateKey({ key: bytes, format: "der", type: "pkcs8" }, await passphrase()), null);
}

function isLocked(bytes: Buffer): boolean {
  return bytes.includes("BEGIN ENCRYPTED PRIVATE KEY") || bytes.includes("Proc-Type: 4,ENCRYPTED");
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    throw new TransferError(
      "E_KEY_FILE",
      "The file begins like JSON and is not. If it is a raw key, say so with --in-form raw.",
    );
  }
}

function listIn(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TransferError("E_KEY_FILE", "The file is no list of keys.");
  return value;
}
