import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { AdmissionError } from "../../admission/errors.ts";
import { createPrivateFile, readPrivateFile, syncFolder } from "../private-file.ts";

/** Small files that one agent keeps for itself beside its store: in no backup, and gone for good when they are removed. */
export class KeptFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Names without their ending. */
  names(ending: string): string[] {
    try {
      const all = readdirSync(this.#folder);
      return all.filter((name) => name.endsWith(ending)).map((name) => name.slice(0, -ending.length));
    } catch {
      return [];
    }
  }

  find(name: string, maxBytes: number): Buffer | null {
    const found = readPrivateFile(join(this.#folder, name), maxBytes);
    return typeof found === "string" ? null : found;
  }

  /** Durable when this returns. One that is there stays as it is. @throws {@link AdmissionError} `E_STORE` */
  put(name: string, bytes: Uint8Array): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const fault = createPrivateFile(join(this.#folder, name), bytes);
    if (fault !== null && fault !== "exists") throw new AdmissionError("E_STORE");
  }

  /** Durable when this returns. */
  remove(name: string): void {
    try {
      rmSync(join(this.#folder, name), { force: true });
      syncFolder(this.#folder);
    } catch {
      // A folder that is not there holds nothing.
    }
  }
}
