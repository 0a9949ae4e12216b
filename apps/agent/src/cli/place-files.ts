import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { IssuedFile } from "../admin/answers.ts";
import { CliError } from "./cli-error.ts";

/**
 * Makes a folder step by step, private to this user where it is new.
 *
 * @throws {@link CliError} `E_FILE`
 */
export function makeFolder(path: string, option: string): void {
  const missing: string[] = [];
  for (let at = path; !existsSync(at) && dirname(at) !== at; at = dirname(at)) missing.unshift(at);
  try {
    for (const each of missing) mkdirSync(each, { mode: 0o700 });
    if (!lstatSync(path).isDirectory()) throw unusable(path, option);
    accessSync(path, constants.W_OK | constants.X_OK);
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw unusable(path, option);
  }
}

/**
 * Makes sure, before anything is asked for, that files can be placed: nothing of their names is there.
 *
 * @throws {@link CliError} `E_FILE`
 */
export function checkPlace(directory: string, names: readonly string[], option: string): void {
  makeFolder(directory, option);
  const taken = names.find((name) => lstatSync(join(directory, name), { throwIfNoEntry: false }) !== undefined);
  if (taken === undefined) return;
  throw new CliError(
    "E_FILE",
    `${join(directory, taken)} is there already.`,
    `Name another folder with --${option}, or move it away. Nothing was asked for.`,
  );
}

/**
 * Makes sure, before anything is asked for, that a file can be made at a path: none is there, and its folder takes one.
 *
 * @throws {@link CliError} `E_FILE`
 */
export function requireNewFile(path: string, option = "out"): void {
  const next = `Name a new file in a folder that you may write to with --${option}. Nothing was asked for.`;
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined)
    throw new CliError("E_FILE", `${path} is there already.`, next);
  try {
    closeSync(openSync(path, "wx", 0o600));
    rmSync(path);
  } catch {
    const why = existsSync(dirname(path)) ? "" : `: there is no folder ${dirname(path)}`;
    throw new CliError("E_FILE", `${path} cannot be written${why}.`, next);
  }
}

/** Writes files that were not there; private keys are readable by this user only from the first moment. @returns their paths */
export function placeFiles(directory: string, files: readonly IssuedFile[]): string[] {
  return files.map((file) => {
    const path = join(directory, file.name);
    const isPublic = file.name.endsWith(".crt");
    const descriptor = openSync(path, "wx", isPublic ? 0o644 : 0o600);
    try {
      writeSync(descriptor, Buffer.from(file.base64, "base64"));
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    return path;
  });
}

function unusable(path: string, option: string): CliError {
  return new CliError(
    "E_FILE",
    `${path} cannot be made, or not written to.`,
    `Name a folder you may write to with --${option}.`,
  );
}

/** Writes one private file that was not there. @throws {@link CliError} `E_FILE` */
export function createNewFile(path: string, text: string): void {
  try {
    const descriptor = openSync(path, "wx", 0o600);
    try {
      writeSync(descriptor, text);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    throw new CliError("E_FILE", `${path} cannot be written.`, "Name a file that is not there yet.");
  }
}
