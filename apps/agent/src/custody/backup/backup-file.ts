import { createHash } from "node:crypto";
import { closeSync, constants, createReadStream, fstatSync, fsyncSync, openSync, readSync, writeSync } from "node:fs";
import { CustodyError } from "../errors.ts";
import { type BackupManifest, verifyManifest } from "./manifest.ts";

/**
 * The file: this line ‖ sealed stream ‖ manifest ‖ 64-byte signature ‖ u32be length of the manifest.
 *
 * The manifest comes last, because it names the hash of what was written before it.
 */
const HEAD = Buffer.from("holdfast-backup/v1\n", "ascii");
const SIGNATURE_BYTES = 64;
const MAX_MANIFEST_BYTES = 64 * 1024;

/** Writes a backup file from start to end; a file that exists is never touched. */
export class BackupFileWriter {
  readonly #descriptor: number;
  readonly #hash = createHash("sha256");
  #blobBytes = 0;

  /** @throws {@link CustodyError} `E_BACKUP_FILE` when the file exists or cannot be created */
  constructor(path: string) {
    try {
      this.#descriptor = openSync(
        path,
        constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
        0o600,
      );
    } catch (cause) {
      throw new CustodyError("E_BACKUP_FILE", undefined, {
        path,
        fault: (cause as NodeJS.ErrnoException).code ?? "unknown",
      });
    }
    this.#write(HEAD);
  }

  /** Appends to the sealed stream. */
  append(bytes: Uint8Array): void {
    this.#write(bytes);
    this.#hash.update(bytes);
    this.#blobBytes += bytes.byteLength;
  }

  /** Length and SHA-256 of the sealed stream; no more of it may follow. */
  digest(): BackupManifest["blob"] {
    return { bytes: this.#blobBytes, sha256: this.#hash.digest("base64url") };
  }

  /** Appends the signed manifest and makes the file durable. */
  finish(manifest: Uint8Array, signature: Uint8Array): void {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(manifest.byteLength);
    this.#write(Buffer.concat([manifest, signature, length]));
    fsyncSync(this.#descriptor);
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #write(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.byteLength) {
      try {
        at += writeSync(this.#descriptor, bytes, at);
      } catch (cause) {
        throw new CustodyError("E_BACKUP_FILE", undefined, {
          fault: (cause as NodeJS.ErrnoException).code ?? "unknown",
        });
      }
    }
  }
}

/** A backup file whose manifest verified and whose content is the one the manifest names. */
export interface VerifiedBackupFile {
  readonly manifest: BackupManifest;
  readonly bytes: number;
  /** The sealed stream, read again from the file. */
  readonly blob: () => AsyncIterable<Buffer>;
}

/**
 * Reads a backup file without any secret: structure, manifest signature, digest of the content.
 *
 * @throws {@link CustodyError} `E_BACKUP_FILE`, `E_BACKUP_FORM`, `E_BACKUP_SIGNATURE`, `E_BACKUP_DIGEST`
 */
export async function readBackupFile(path: string): Promise<VerifiedBackupFile> {
  const { manifest, signature, bytes, end } = readTrailer(path);
  const verified = verifyManifest(manifest, signature);
  if (verified.blob.bytes !== end - HEAD.byteLength) throw new CustodyError("E_BACKUP_FORM");
  const blob = () => createReadStream(path, { start: HEAD.byteLength, end: end - 1 }) as AsyncIterable<Buffer>;
  const hash = createHash("sha256");
  try {
    for await (const part of blob()) hash.update(part);
  } catch (cause) {
    throw new CustodyError("E_BACKUP_FILE", undefined, {
      path,
      fault: (cause as NodeJS.ErrnoException).code ?? "unknown",
    });
  }
  if (hash.digest("base64url") !== verified.blob.sha256) throw new CustodyError("E_BACKUP_DIGEST");
  return { manifest: verified, bytes, blob };
}

function readTrailer(path: string): { manifest: Buffer; signature: Buffer; bytes: number; end: number } {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    throw new CustodyError("E_BACKUP_FILE", undefined, {
      path,
      fault: (cause as NodeJS.ErrnoException).code ?? "unknown",
    });
  }
  try {
    const stat = fstatSync(descriptor);
    const bytes = stat.size;
    if (!stat.isFile() || bytes < HEAD.byteLength + SIGNATURE_BYTES + 4) throw new CustodyError("E_BACKUP_FORM");
    const length = readAt(descriptor, bytes - 4, 4).readUInt32BE();
    const end = bytes - 4 - SIGNATURE_BYTES - length;
    const fits =
      readAt(descriptor, 0, HEAD.byteLength).equals(HEAD) && length <= MAX_MANIFEST_BYTES && end > HEAD.byteLength;
    if (!fits) throw new CustodyError("E_BACKUP_FORM");
    return {
      manifest: readAt(descriptor, end, length),
      signature: readAt(descriptor, end + length, SIGNATURE_BYTES),
      bytes,
      end,
    };
  } finally {
    closeSync(descriptor);
  }
}

function readAt(descriptor: number, position: number, length: number): Buffer {
  const out = Buffer.alloc(length);
  if (readSync(descriptor, out, 0, length, position) !== length) throw new CustodyError("E_BACKUP_FORM");
  return out;
}
