import { appendFileSync } from "node:fs";
import { join } from "node:path";
import type { Checkpoint } from "@holdfast/tlog";
import { writeDurably } from "../durable-file.ts";
import { readIfThere } from "./read-if-there.ts";

const FILE = "cosigned";
/** Heads remembered; the newest stay. */
const MOST = 4096;

/**
 * Roots of the heads that were cosigned lately, by size: what tells a replayed head from one of another history. A line that is
 * lost or damaged costs no more than a head that is kept without need.
 */
export class CosignedRoots {
  readonly #path: string;

  constructor(folder: string) {
    this.#path = join(folder, FILE);
  }

  add({ size, root }: Checkpoint): void {
    const lines = this.#lines();
    const line = `${size} ${Buffer.from(root).toString("base64")}`;
    if (lines.at(-1) === line) return;
    if (lines.length < 2 * MOST) appendFileSync(this.#path, `${line}\n`, { mode: 0o600 });
    else writeDurably(this.#path, `${[...lines.slice(1 - MOST), line].join("\n")}\n`);
  }

  /** The root in base64; null where none is remembered. */
  find(size: number): string | null {
    const found = this.#lines().findLast((line) => line.startsWith(`${size} `));
    return found?.slice(`${size} `.length) ?? null;
  }

  #lines(): string[] {
    return (readIfThere(this.#path) ?? "").split("\n").filter((line) => line !== "");
  }
}
