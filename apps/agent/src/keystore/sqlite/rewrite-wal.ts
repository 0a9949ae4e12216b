import { fdatasyncSync, readFileSync, readSync, writeSync } from "node:fs";
import { endianness } from "node:os";

const WAL_HEADER = 32;
const FRAME_HEADER = 24;
/** What of a frame's header its checksum covers. */
const FRAME_SUMMED = 8;
/** What of the log's header its checksum covers. */
const HEADER_SUMMED = 24;
const INDEX_HEADER = 48;
const BIG_ENDIAN_SUMS = 0x377f0683;

/** What SQLite counts as written, as its index of the write-ahead log says. */
interface Written {
  readonly frames: number;
  readonly pageSize: number;
  readonly sums: readonly [number, number];
}

/**
 * Writes all that SQLite counts as written in the write-ahead log again, byte for byte, and waits for the disk.
 *
 * After a write-back that failed, the kernel counts the pages as clean: another wait for the disk would write nothing and
 * succeed. What it holds need not be what was written either, so each frame's checksum is held against SQLite's own.
 *
 * Caller must: hold the store's write lock.
 *
 * @param path - Of the database.
 * @param file - Descriptor of its write-ahead log.
 * @see https://sqlite.org/walformat.html
 */
export function rewriteWal(path: string, file: number): void {
  const written = readIndex(`${path}-shm`);
  if (written.frames === 0) return;
  const bytes = Buffer.alloc(WAL_HEADER + written.frames * (FRAME_HEADER + written.pageSize));
  for (let at = 0; at < bytes.length; ) {
    const read = readSync(file, bytes, at, bytes.length - at, at);
    if (read === 0) throw new Error("The write-ahead log is shorter than what was written.");
    at += read;
  }
  assertWhole(bytes, written);
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at, at);
  fdatasyncSync(file);
}

function readIndex(path: string): Written {
  const header = readFileSync(path).subarray(0, INDEX_HEADER);
  const view = new DataView(header.buffer, header.byteOffset, header.length);
  const little = endianness() === "LE";
  const pageSize = view.getUint16(14, little);
  return {
    frames: view.getUint32(16, little),
    pageSize: pageSize === 1 ? 65_536 : pageSize,
    sums: [view.getUint32(24, little), view.getUint32(28, little)],
  };
}

function assertWhole(bytes: Buffer, { frames, pageSize, sums }: Written): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const little = view.getUint32(0) !== BIG_ENDIAN_SUMS;
  let [a, b] = [0, 0];
  const add = (from: number, length: number): void => {
    for (let at = from; at < from + length; at += 8) {
      a = (a + view.getUint32(at, little) + b) >>> 0;
      b = (b + view.getUint32(at + 4, little) + a) >>> 0;
    }
  };
  add(0, HEADER_SUMMED);
  for (let frame = 0; frame < frames; frame += 1) {
    const at = WAL_HEADER + frame * (FRAME_HEADER + pageSize);
    add(at, FRAME_SUMMED);
    add(at + FRAME_HEADER, pageSize);
  }
  if (a !== sums[0] || b !== sums[1]) throw new Error("The write-ahead log is not what was written.");
}
