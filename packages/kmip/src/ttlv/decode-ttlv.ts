import { KmipError } from "../errors.ts";
import { DEFAULT_LIMITS, type Limits } from "./limits.ts";
import { decodeText } from "./text-bytes.ts";
import { type Ttlv, TYPE } from "./ttlv.ts";

/** Bytes before the value of an item: tag 3, type 1, length 4. */
export const HEADER_BYTES = 8;

/** The length every item of a type of fixed size must state; 0 for the types of any size. */
const FIXED_LENGTH = [0, 0, 4, 8, 0, 4, 8, 0, 0, 8, 4, 8];

function broken(message: string, offset: number, detail: Record<string, number> = {}): never {
  throw new KmipError("E_KMIP_TTLV", message, { offset, ...detail });
}

function tooMuch(message: string, detail: Record<string, number>): never {
  throw new KmipError("E_KMIP_LIMIT", message, detail);
}

/** Reads one item and what it holds, front to back. */
class TtlvReader {
  readonly #bytes: Buffer;
  readonly #limits: Limits;
  #items = 0;

  constructor(bytes: Buffer, limits: Limits) {
    this.#bytes = bytes;
    this.#limits = limits;
  }

  /** Reads the item at `at`; nothing of it may lie beyond `end`. */
  item(at: number, end: number, depth: number): Ttlv {
    const bytes = this.#bytes;
    if (end - at < HEADER_BYTES) broken("an item is cut short", at);
    if (++this.#items > this.#limits.maxItems) tooMuch("too many items", { limit: this.#limits.maxItems });
    const tag = uint32(bytes, at) >>> 8;
    const high = tag >>> 16;
    if (high !== 0x42 && high !== 0x54) broken("a tag is outside the ranges 42xxxx and 54xxxx", at, { tag });
    const type = bytes[at + 3] as number;
    const length = uint32(bytes, at + 4);
    const start = at + HEADER_BYTES;
    if (length > end - start) broken("an item is longer than what holds it", at, { tag, length });
    if (type === TYPE.Structure) return { tag, type, value: this.#children(start, start + length, depth + 1) };
    const padded = (length + 7) & ~7;
    if (padded > end - start) broken("the padding of an item is cut short", at, { tag, length });
    const fixed = FIXED_LENGTH[type];
    if (type === 0 || fixed === undefined) broken("a type that is not known", at, { tag, type });
    if (fixed !== 0 && length !== fixed) broken("a length that the type does not have", at, { tag, type, length });
    for (let pad = start + length; pad < start + padded; pad++)
      if (bytes[pad] !== 0) broken("padding is not zero", pad, { tag });
    return this.#value(tag, type, start, length);
  }

  #children(start: number, end: number, depth: number): readonly Ttlv[] {
    if (depth > this.#limits.maxDepth) tooMuch("structures are nested too deep", { limit: this.#limits.maxDepth });
    const children: Ttlv[] = [];
    let at = start;
    while (at < end) {
      children.push(this.item(at, end, depth));
      at += HEADER_BYTES + ((uint32(this.#bytes, at + 4) + 7) & ~7);
    }
    return children;
  }

  #value(tag: number, type: number, at: number, length: number): Ttlv {
    const bytes = this.#bytes;
    switch (type) {
      case TYPE.Integer:
        return { tag, type, value: uint32(bytes, at) | 0 };
      case TYPE.Enumeration:
      case TYPE.Interval:
        return { tag, type, value: uint32(bytes, at) };
      case TYPE.Boolean:
        return { tag, type, value: this.#boolean(tag, at) };
      case TYPE.TextString:
        this.#checkText(tag, length);
        return { tag, type, value: decodeText(bytes, at, at + length) };
      case TYPE.ByteString:
        return { tag, type, value: bytes.subarray(at, at + length) };
      case TYPE.BigInteger:
        this.#checkText(tag, length);
        if (length === 0 || length % 8 !== 0)
          broken("a big integer is not a multiple of eight bytes", at, { tag, length });
        return { tag, type, value: bytes.subarray(at, at + length) };
      case TYPE.DateTime:
        return { tag, type, value: this.#seconds(tag, at) };
      default:
        return { tag, type: type as typeof TYPE.LongInteger, value: bytes.readBigInt64BE(at) };
    }
  }

  #checkText(tag: number, length: number): void {
    if (length > this.#limits.maxTextBytes)
      tooMuch("a value is too long", { tag, length, limit: this.#limits.maxTextBytes });
  }

  #boolean(tag: number, at: number): boolean {
    const low = uint32(this.#bytes, at + 4);
    if (uint32(this.#bytes, at) !== 0 || low > 1) broken("a boolean is neither 0 nor 1", at, { tag });
    return low === 1;
  }

  /** POSIX seconds as a number: times that a number does not hold exactly are 285 million years away. */
  #seconds(tag: number, at: number): number {
    const seconds = (uint32(this.#bytes, at) | 0) * 0x1_0000_0000 + uint32(this.#bytes, at + 4);
    if (!Number.isSafeInteger(seconds)) broken("a time is out of range", at, { tag });
    return seconds;
  }
}

function uint32(bytes: Buffer, at: number): number {
  return (
    (((bytes[at] as number) << 24) |
      ((bytes[at + 1] as number) << 16) |
      ((bytes[at + 2] as number) << 8) |
      (bytes[at + 3] as number)) >>>
    0
  );
}

/**
 * Decodes one item that fills `bytes` exactly.
 *
 * Strict: lengths are compared with what holds the item before anything is made of it, lengths of fixed types, booleans,
 * padding and UTF-8 are checked, so that {@link encodeTtlv} gives back the same bytes. Byte Strings are views of `bytes`.
 *
 * Treats `bytes` as hostile. Throws nothing but KmipError and takes time linear in their number.
 *
 * @throws {@link KmipError} `E_KMIP_TTLV`, `E_KMIP_LIMIT`
 * @see KMIP 1.4 section 9.1.1
 */
export function decodeTtlv(bytes: Uint8Array, limits: Limits = DEFAULT_LIMITS): Ttlv {
  if (bytes.length > limits.maxBytes)
    tooMuch("a message is too large", { length: bytes.length, limit: limits.maxBytes });
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const item = new TtlvReader(buffer, limits).item(0, buffer.length, 0);
  const length = HEADER_BYTES + ((uint32(buffer, 4) + 7) & ~7);
  if (length !== buffer.length) broken("bytes follow the message", length);
  return item;
}

/**
 * How many bytes the message that begins with `head` takes, or null while fewer than eight bytes have come.
 *
 * For whoever collects a message from a stream: what is not the header of a request or response structure, or states a
 * size over the limit, is refused before any of it is kept.
 *
 * @throws {@link KmipError} `E_KMIP_TTLV`, `E_KMIP_LIMIT`
 */
export function messageBytes(head: Uint8Array, limits: Limits = DEFAULT_LIMITS): number | null {
  if (head.length < HEADER_BYTES) return null;
  const isMessage =
    head[0] === 0x42 && head[1] === 0 && (head[2] === 0x78 || head[2] === 0x7b) && head[3] === TYPE.Structure;
  if (!isMessage) broken("not the beginning of a message", 0);
  const length =
    (head[4] ?? 0) * 0x1_00_00_00 + ((head[5] ?? 0) << 16) + ((head[6] ?? 0) << 8) + (head[7] ?? 0) + HEADER_BYTES;
  if (length > limits.maxBytes) tooMuch("a message is too large", { length, limit: limits.maxBytes });
  return length;
}
