import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { writeDurably } from "../durable-file.ts";
import { readPageFile } from "./page-file.ts";

/**
 * The address that people were first invited to move to, kept over restarts: a name that is set up later is not where they are going.
 * Null where nobody is on the way, and for a file that cannot be read.
 */
export function moveTarget(dataDirectory: string): string | null {
  try {
    const { to } = JSON.parse(readPageFile(pathIn(dataDirectory))) as { to?: unknown };
    return typeof to === "string" ? to : null;
  } catch {
    return null;
  }
}

/** Keeps the address; null when everybody is there. */
export function keepMoveTarget(dataDirectory: string, to: string | null): void {
  const path = pathIn(dataDirectory);
  if (to === null) rmSync(path, { force: true });
  if (to === null || moveTarget(dataDirectory) === to) return;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeDurably(path, `${JSON.stringify({ ver: 1, to })}\n`);
}

function pathIn(dataDirectory: string): string {
  return join(dataDirectory, "page", "move.json");
}
