import { closeSync, existsSync, openSync, readFileSync, rmSync } from "node:fs";
import type { ReleaseOrder } from "@holdfast/protocol";
import { writeDurably } from "../durable-file.ts";
import { CliError } from "./cli-error.ts";
import { readNamedFile } from "./named-file.ts";
import { createNewFile } from "./place-files.ts";

/**
 * Makes sure, before anybody is told of a release, that its order can be written: nothing is there, or an older order of the
 * same backup, which counts no more because the key that it names is gone with the process that made it.
 *
 * @throws {@link CliError} `E_FILE`
 */
export function requirePlaceForOrder(path: string, order: ReleaseOrder): void {
  if (existsSync(path)) {
    if (holdsOrderOf(path, order)) return;
    throw new CliError(
      "E_FILE",
      `${path} is there already, and is no order of this backup. Nobody was asked for anything.`,
      "Name a file that is not there yet.",
    );
  }
  try {
    closeSync(openSync(path, "wx", 0o600));
    rmSync(path);
  } catch {
    throw new CliError("E_FILE", `${path} cannot be written. Nobody was asked for anything.`, "Name another file.");
  }
}

/** Writes the order, durable when this returns. @returns whether it took an older one's place. @throws {@link CliError} `E_FILE` */
export function writeOrder(path: string, order: ReleaseOrder): boolean {
  const text = `${JSON.stringify(order)}\n`;
  if (!holdsOrderOf(path, order)) {
    createNewFile(path, text);
    return false;
  }
  writeDurably(path, text);
  return true;
}

/** Whether a file holds an order of the same backup, whole or cut short. */
function holdsOrderOf(path: string, { manifest }: ReleaseOrder): boolean {
  try {
    return readFileSync(path, "utf8").startsWith(`{"manifest":"${manifest}"`);
  } catch {
    return false;
  }
}

/** Reads what may be an order. Caller must: check it. @throws {@link CliError} `E_FILE` for what is no JSON */
export function readOrderFile(path: string): unknown {
  try {
    return JSON.parse(readNamedFile(path).toString("utf8"));
  } catch (cause) {
    if (cause instanceof CliError) throw cause;
    throw new CliError(
      "E_FILE",
      `${path} is not the order of a release.`,
      "Name the file that `escrow release --order` wrote.",
    );
  }
}
