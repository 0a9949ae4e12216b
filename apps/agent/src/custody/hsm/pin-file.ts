import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HsmError } from "@holdfast/crypto";
import { refuseInside } from "../inside.ts";
import { readPrivateFile } from "../private-file.ts";

const MAX_PIN_BYTES = 256;
/** In the data folder: which file's PIN was refused. It holds no PIN and nothing that one could be guessed by. */
const REFUSED_FILE = "hsm-pin-refused.json";

/**
 * Reads a PIN from its file: one line, UTF-8. The caller wipes it.
 *
 * @throws {@link HsmError} `E_HSM_PIN` when it is missing, a link, readable by others, or empty; {@link CustodyError}
 * `E_KEK_PATH` inside the data folder
 */
export function readPinFile(path: string, dataDirectory: string): Buffer {
  refuseInside(path, dataDirectory);
  const bytes = readPrivateFile(path, MAX_PIN_BYTES);
  if (typeof bytes === "string")
    throw new HsmError("E_HSM_PIN", "The file with the token's PIN cannot be used.", { path, fault: bytes });
  let end = bytes.byteLength;
  while (end > 0 && (bytes[end - 1] === 0x0a || bytes[end - 1] === 0x0d)) end -= 1;
  if (end === 0) throw new HsmError("E_HSM_PIN", "The file with the token's PIN is empty.", { path });
  return bytes.subarray(0, end);
}

/**
 * Remembers across restarts that a file's PIN was refused, so that no service manager that starts the agent again and
 * again locks the token. A changed file is tried again.
 */
export class RefusedPins {
  readonly #path: string;

  constructor(dataDirectory: string) {
    this.#path = join(dataDirectory, REFUSED_FILE);
  }

  /** Whether the PIN in this file, as it is now, was refused before. */
  has(pinFile: string): boolean {
    try {
      return readFileSync(this.#path, "utf8") === describe(pinFile);
    } catch {
      return false;
    }
  }

  note(pinFile: string): void {
    writeFileSync(this.#path, describe(pinFile), { mode: 0o600 });
  }

  clear(): void {
    rmSync(this.#path, { force: true });
  }
}

function describe(path: string): string {
  const { ino, size, mtimeMs, ctimeMs } = statSync(path);
  return `${JSON.stringify({ path, ino, size, mtimeMs, ctimeMs })}\n`;
}
