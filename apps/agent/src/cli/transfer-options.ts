import { closeSync, fsyncSync, openSync, rmSync, writeSync } from "node:fs";
import { basename } from "node:path";
import { KEY_USAGES, MAX_IMPORTED_KEYS, TRANSFER_FORMS, type TransferForm } from "@holdfast/protocol";
import { describeFound, type ImportSettings } from "../transfer/describe-found.ts";
import { TransferError } from "../transfer/errors.ts";
import { problemsOf } from "../transfer/problems-of.ts";
import { KEY_FILE_FORMS, type KeyFileForm, readKeys } from "../transfer/read-keys.ts";
import type { KeyToSeal } from "../transfer/seal-keys.ts";
import { type Arguments, type OptionSpecs, readDurationSeconds } from "./arguments.ts";
import { CliError } from "./cli-error.ts";
import { PASSPHRASE_OPTIONS } from "./command.ts";
import { readNamedFile } from "./named-file.ts";
import { readPassphrase } from "./terminal.ts";

/** What is said of keys that are brought in. */
export const KEY_FILE_OPTIONS: OptionSpecs = {
  ...PASSPHRASE_OPTIONS,
  in: { type: "string", multiple: true },
  "in-form": { type: "string" },
  name: { type: "string" },
  algorithm: { type: "string" },
  usage: { type: "string" },
  group: { type: "string", default: "default" },
  extractable: { type: "boolean" },
  alias: { type: "string" },
  foreign: { type: "string", multiple: true },
  cryptoperiod: { type: "string" },
};

export const KEY_FILE_USAGE =
  "--in FILE … [--in-form raw|pem|pkcs8|pkcs12|jwk|list] [--name N] [--algorithm A] [--usage U,U] [--group G] [--extractable] [--alias alias/N] [--foreign ID] [--passphrase-file PATH]";

/**
 * Reads every key of the files that were named. Caller must: seal them, which wipes them.
 *
 * @throws {@link TransferError} `E_KEY_FILE` for one that no key server would take as it is described, which it names
 */
export async function keysToSeal(args: Arguments): Promise<KeyToSeal[]> {
  const files = args.all("in");
  if (files.length === 0) throw args.usageError("--in is missing: the file with the key or the keys.");
  const settings = importSettings(args);
  const keys: KeyToSeal[] = [];
  const places: string[] = [];
  for (const file of files) {
    const bytes = readNamedFile(file);
    const passphrase = () =>
      readPassphrase(
        { file: args.find("passphrase-file"), descriptor: args.find("passphrase-fd") },
        `Passphrase of ${file}`,
      );
    const form = keyFileForm(args);
    const algorithm = args.find("algorithm");
    const hints = { passphrase, ...(form === null ? {} : { form }), ...(algorithm === undefined ? {} : { algorithm }) };
    try {
      const found = await readKeys(bytes, hints);
      const name = basename(file).replace(/\.[^.]+$/, "");
      for (const [at, each] of found.entries()) {
        const place = { at, of: found.length, file: name, alone: files.length === 1 && found.length === 1 };
        keys.push({ key: describeFound(each, settings, place), versions: [each.material] });
        places.push(found.length === 1 ? basename(file) : `key ${at + 1} of ${basename(file)}`);
      }
    } finally {
      bytes.fill(0);
    }
  }
  const wrong = wrongOf(keys, places);
  if (wrong === null) return keys;
  for (const { versions } of keys) for (const each of versions) each.fill(0);
  throw new TransferError("E_KEY_FILE", wrong);
}

function wrongOf(keys: readonly KeyToSeal[], places: readonly string[]): string | null {
  if (keys.length > MAX_IMPORTED_KEYS)
    return `The files have ${keys.length} keys; ${MAX_IMPORTED_KEYS} come in at once at most, a private key with its public key two of them.`;
  const problems = problemsOf(keys.map(({ key }) => key));
  const at = problems.findIndex((problem) => problem !== null);
  return at < 0 ? null : `${keys[at]?.key.label} (${places[at]}): ${problems[at]}.`;
}

/** What the options say of every key. @throws {@link CliError} `E_USAGE` */
export function importSettings(args: Arguments): ImportSettings {
  const usage = args
    .find("usage")
    ?.split(",")
    .map((word) => word.trim());
  const unknown = usage?.find((word) => !(KEY_USAGES as readonly string[]).includes(word));
  if (unknown !== undefined) throw args.usageError(`--usage ${unknown} is none of ${KEY_USAGES.join(", ")}.`);
  const cryptoperiod = args.find("cryptoperiod");
  const foreign = args.all("foreign");
  return {
    name: args.find("name"),
    usage,
    group: args.get("group"),
    extractable: args.flag("extractable"),
    alias: args.find("alias"),
    foreign: foreign.length === 0 ? undefined : foreign,
    cryptoperiodSec: cryptoperiod ? readDurationSeconds(cryptoperiod, "cryptoperiod") : undefined,
  };
}

/** `--in-form`; null without it. @throws {@link CliError} `E_USAGE` */
export function keyFileForm(args: Arguments): KeyFileForm | null {
  const given = args.find("in-form");
  if (given === undefined) return null;
  const form = KEY_FILE_FORMS.find((each) => each === given);
  if (form === undefined) throw args.usageError(`--in-form is one of ${KEY_FILE_FORMS.join(", ")}.`);
  return form;
}

/** `--form`. @throws {@link CliError} `E_USAGE` */
export function transferForm(args: Arguments, otherwise: TransferForm = "hpke"): TransferForm {
  const given = args.find("form") ?? otherwise;
  const form = TRANSFER_FORMS.find((each) => each === given);
  if (form === undefined) throw args.usageError(`--form is one of ${TRANSFER_FORMS.join(", ")}.`);
  return form;
}

/** Writes a file that was not there, readable by this user only. @throws {@link CliError} `E_FILE` */
export function writeNewFile(path: string, bytes: Uint8Array | string): void {
  const descriptor = openNewFile(path);
  try {
    fill(descriptor, bytes);
  } catch {
    rmSync(path, { force: true });
    throw new CliError(
      "E_FILE",
      `${path} cannot be written to its end.`,
      "See to the disk's space, or name another file.",
    );
  } finally {
    closeSync(descriptor);
  }
}

/**
 * The same where what stands in it is asked for: only once the file is there, and without it no file stays.
 *
 * @throws {@link CliError} `E_FILE`, before anything was asked
 */
export async function fillNewFile(path: string, ask: () => Promise<string>): Promise<void> {
  const descriptor = openNewFile(path);
  try {
    fill(descriptor, await ask());
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

function openNewFile(path: string): number {
  try {
    return openSync(path, "wx", 0o600);
  } catch {
    throw new CliError("E_FILE", `${path} is there already, or cannot be written.`, "Name another file.");
  }
}

function fill(descriptor: number, bytes: Uint8Array | string): void {
  const all = typeof bytes === "string" ? Buffer.from(bytes) : bytes;
  for (let at = 0; at < all.length; ) at += writeSync(descriptor, all, at);
  fsyncSync(descriptor);
}
