import { closeSync, constants, createReadStream, fsyncSync, openSync, writeSync } from "node:fs";
import { CustodyError } from "../errors.ts";

const MAX_SETTINGS_BYTES = 64 * 1024;

/** The content of the sealed stream: u32be length of the settings ‖ settings ‖ the store's file. */
export async function* storeStream(settings: Uint8Array, storePath: string): AsyncGenerator<Uint8Array> {
  if (settings.byteLength > MAX_SETTINGS_BYTES) throw new CustodyError("E_BACKUP_CONTENT");
  const length = Buffer.alloc(4);
  length.writeUInt32BE(settings.byteLength);
  yield Buffer.concat([length, settings]);
  yield* createReadStream(storePath) as AsyncIterable<Buffer>;
}

/**
 * Writes the store's part of an opened stream to a new file and returns the settings.
 *
 * Caller must: remove the file when this throws.
 * @throws {@link CustodyError} `E_BACKUP_CONTENT`, `E_RESTORE_TARGET` when the file exists or cannot be written
 */
export async function writeStoreStream(stream: AsyncIterable<Buffer>, storePath: string): Promise<Buffer> {
  let descriptor: number;
  try {
    descriptor = openSync(
      storePath,
      constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
      0o600,
    );
  } catch {
    throw new CustodyError("E_RESTORE_TARGET", undefined, { path: storePath });
  }
  try {
    let head = Buffer.alloc(0);
    let settings: Buffer | null = null;
    for await (const part of stream) {
      if (settings !== null) {
        writeAll(descriptor, part);
        continue;
      }
      head = Buffer.concat([head, part]);
      const length = head.byteLength < 4 ? 0 : head.readUInt32BE();
      if (length > MAX_SETTINGS_BYTES) throw new CustodyError("E_BACKUP_CONTENT");
      if (head.byteLength < 4 + length) continue;
      settings = Buffer.from(head.subarray(4, 4 + length));
      writeAll(descriptor, head.subarray(4 + length));
    }
    if (settings === null) throw new CustodyError("E_BACKUP_CONTENT");
    fsyncSync(descriptor);
    return settings;
  } finally {
    closeSync(descriptor);
  }
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  let at = 0;
  while (at < bytes.byteLength) at += writeSync(descriptor, bytes, at);
}
