import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
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
 * Remembers across restarts that a file's PIN was refused, so that nobody who tries again, nor a service manager that starts
 * the agent again and again, locks the token. A changed file is tried again; one that was only touched is not, while this
 * process runs.
 */
export class RefusedPins {
  readonly #path: string;
  /** So that what is remembered of a PIN in memory says nothing of it. */
  readonly #salt = randomBytes(32);
  #digest: Buffer | null = null;

  constructor(dataDirectory: string) {
    this.#path = join(dataDirectory, REFUSED_FILE);
  }

  /** Whether the PIN in this file, as it is now, was refused before. */
  has(pinFile: string, pin: Uint8Array): boolean {
    const digest = this.#digestOf(pin);
    if (this.#digest !== null && timingSafeEqual(this.#digest, digest)) return true;
    const { file } = this.#read();
    return file !== undefined && file === describe(pinFile);
  }

  /** How many PINs the token has refused since it took one. */
  get tries(): number {
    return this.#read().tries;
  }

  /** One more was refused: out of a file, or given by a person. */
  note(from?: { readonly pinFile: string; readonly pin: Uint8Array }): void {
    const { file: before, tries } = this.#read();
    if (from !== undefined) this.#digest = this.#digestOf(from.pin);
    const file = from === undefined ? before : describe(from.pinFile);
    const noted = { ...(file === undefined ? {} : { file }), tries: tries + 1 };
    writeFileSync(this.#path, `${JSON.stringify(noted)}\n`, { mode: 0o600 });
  }

  /** The token took a PIN. @param isOfFile - It is the one in the file */
  taken(isOfFile: boolean): void {
    const { file } = this.#read();
    if (isOfFile) this.#digest = null;
    if (isOfFile || file === undefined) rmSync(this.#path, { force: true });
    else writeFileSync(this.#path, `${JSON.stringify({ file, tries: 0 })}\n`, { mode: 0o600 });
  }

  #digestOf(pin: Uint8Array): Buffer {
    return createHash("sha256").update(this.#salt).update(pin).digest();
  }

  #read(): { readonly file?: string; readonly tries: number } {
    try {
      const { file, tries } = JSON.parse(readFileSync(this.#path, "utf8")) as { file?: unknown; tries?: unknown };
      return {
        ...(typeof file === "string" ? { file } : {}),
        tries: typeof tries === "number" && Number.isSafeInteger(tries) && tries > 0 ? tries : 0,
      };
    } catch {
      return { tries: 0 };
    }
  }
}

/** What tells a file from the same one after a change, without anything of what is in it. */
function describe(path: string): string {
  const { ino, size, mtimeMs, ctimeMs } = statSync(path);
  return JSON.stringify([path, ino, size, mtimeMs, ctimeMs]);
}
