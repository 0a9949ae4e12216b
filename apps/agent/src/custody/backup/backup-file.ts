import { createHash } from "node:crypto";
import { closeSync, constants, createReadStream, fstatSync, fsyncSync, openSync, readSync, writeSync } from "node:fs";
import { CustodyError } from "../errors.ts";
import { type EscrowTrailer, verifyEscrowTrailer } from "./escrow-trailer.ts";
import { type BackupManifest, verifyManifest } from "./manifest.ts";

/**
 * First form: this line ‖ sealed stream ‖ manifest ‖ 64-byte signature ‖ u32be length of the manifest.
 *
 * The manifest comes last, because it names the hash of what was written before it.
 */
const HEAD = Buffer.from("holdfast-backup/v1\n", "ascii");
/** Full form: this line ‖ sealed stream ‖ shares ‖ signature ‖ manifest ‖ signature ‖ u32be lengths of both. */
const FULL_HEAD = Buffer.from("holdfast-backup/v2\n", "ascii");
const SIGNATURE_BYTES = 64;
const MAX_MANIFEST_BYTES = 64 * 1024;
const MAX_SHARES_BYTES = 8 * 1024 * 1024;

/** Who can open a backup: the recovery key alone, or custodians' shares. */
export type BackupForm = "recovery" | "escrow";

/** A document and its 64-byte signature. */
export interface SignedBytes {
  readonly bytes: Uint8Array;
  readonly signature: Uint8Array;
}

/** Writes a backup file from start to end; a file that exists is never touched. */
export class BackupFileWriter {
  readonly #descriptor: number;
  readonly #hash = createHash("sha256");
  #blobBytes = 0;

  /** @throws {@link CustodyError} `E_BACKUP_FILE` when the file exists or cannot be created */
  constructor(path: string, form: BackupForm) {
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
    this.#write(form === "escrow" ? FULL_HEAD : HEAD);
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

  /** Appends the signed documents, the manifest last, and makes the file durable. */
  finish(...documents: readonly SignedBytes[]): void {
    for (const { bytes, signature } of documents) this.#write(Buffer.concat([bytes, signature]));
    for (const { bytes } of documents) {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.byteLength);
      this.#write(length);
    }
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
  readonly manifest: BackupManifest | EscrowTrailer["manifest"];
  /** Of the full form: what its shares and its manifest are, as signed. */
  readonly escrow: EscrowTrailer | null;
  readonly bytes: number;
  /** The sealed stream, read again from the file. */
  readonly blob: () => AsyncIterable<Buffer>;
}

/**
 * Reads a backup file without any secret: structure, signatures, digest of the content.
 *
 * @throws {@link CustodyError} `E_BACKUP_FILE`, `E_BACKUP_FORM`, `E_BACKUP_SIGNATURE`, `E_BACKUP_DIGEST`
 */
export async function readBackupFile(path: string): Promise<VerifiedBackupFile> {
  const { shares, manifest, bytes, end } = readTrailer(path);
  const escrow = shares === null ? null : verifyEscrowTrailer(shares, manifest);
  const verified = escrow?.manifest ?? verifyManifest(manifest.bytes, manifest.signature);
  if (verified.blob.bytes !== end - HEAD.byteLength) throw cutShort(path);
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
  return { manifest: verified, escrow, bytes, blob };
}

/** The refusal for a file that begins as a backup and does not end as one: most often a copy that did not come to its end. */
function cutShort(path: string): CustodyError {
  return new CustodyError(
    "E_BACKUP_DIGEST",
    "The backup is cut short, or its end was changed: not all of it is there.",
    { path },
  );
}

interface Trailer {
  readonly shares: SignedBytes | null;
  readonly manifest: SignedBytes;
  /** Size of the file. */
  readonly bytes: number;
  /** Where the sealed stream ends. */
  readonly end: number;
}

function readTrailer(path: string): Trailer {
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
    if (!stat.isFile() || bytes < HEAD.byteLength) throw new CustodyError("E_BACKUP_FORM");
    const head = readAt(descriptor, 0, HEAD.byteLength);
    const most = head.equals(FULL_HEAD) ? [MAX_SHARES_BYTES, MAX_MANIFEST_BYTES] : [MAX_MANIFEST_BYTES];
    if (most.length === 1 && !head.equals(HEAD)) throw new CustodyError("E_BACKUP_FORM");
    const lengthsAt = bytes - 4 * most.length;
    if (lengthsAt < HEAD.byteLength) throw cutShort(path);
    const lengths = most.map((_, at) => readAt(descriptor, lengthsAt + 4 * at, 4).readUInt32BE());
    const end = lengths.reduce((at, length) => at - length - SIGNATURE_BYTES, lengthsAt);
    if (lengths.some((length, at) => length > (most[at] ?? 0)) || end <= HEAD.byteLength) throw cutShort(path);
    let at = end;
    const documents = lengths.map((length) => {
      const document = readAt(descriptor, at, length);
      const signature = readAt(descriptor, at + length, SIGNATURE_BYTES);
      at += length + SIGNATURE_BYTES;
      return { bytes: document, signature };
    });
    const manifest = documents.at(-1) as SignedBytes;
    return { shares: documents.length === 2 ? (documents[0] as SignedBytes) : null, manifest, bytes, end };
  } finally {
    closeSync(descriptor);
  }
}

function readAt(descriptor: number, position: number, length: number): Buffer {
  const out = Buffer.alloc(length);
  if (readSync(descriptor, out, 0, length, position) !== length) throw new CustodyError("E_BACKUP_FORM");
  return out;
}
