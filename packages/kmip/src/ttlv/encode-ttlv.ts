import { KmipError } from "../errors.ts";
import { textBytes, writeText } from "./text-bytes.ts";
import { type Ttlv, TYPE } from "./ttlv.ts";

const padded = (length: number): number => (length + 7) & ~7;

/** Value lengths in the order in which items are written, so that no text or structure is measured twice. */
class Sizes {
  readonly #sizes: number[] = [];
  #next = 0;

  /** Measures an item and what it holds; gives its encoded bytes. */
  measure(item: Ttlv): number {
    const place = this.#sizes.length;
    this.#sizes.push(0);
    const length = this.#length(item);
    this.#sizes[place] = length;
    return 8 + padded(length);
  }

  take(): number {
    return this.#sizes[this.#next++] as number;
  }

  #length(item: Ttlv): number {
    switch (item.type) {
      case TYPE.Structure: {
        let length = 0;
        for (const child of item.value) length += this.measure(child);
        return length;
      }
      case TYPE.TextString:
        return textBytes(item.value);
      case TYPE.ByteString:
      case TYPE.BigInteger:
        return item.value.length;
      case TYPE.Integer:
      case TYPE.Enumeration:
      case TYPE.Interval:
        return 4;
      default:
        return 8;
    }
  }
}

function misfit(item: Ttlv, message: string): never {
  throw new KmipError("E_KMIP_ENCODE", message, { tag: item.tag, type: item.type });
}

function write32(into: Buffer, value: number, at: number): void {
  into[at] = value >>> 24;
  into[at + 1] = value >>> 16;
  into[at + 2] = value >>> 8;
  into[at + 3] = value;
}

function write(into: Buffer, item: Ttlv, at: number, sizes: Sizes): number {
  const length = sizes.take();
  const start = at + 8;
  write32(into, item.tag * 0x100 + item.type, at);
  write32(into, length, at + 4);
  if (item.type === TYPE.Structure) {
    let next = start;
    for (const child of item.value) next = write(into, child, next, sizes);
    return next;
  }
  const end = start + padded(length);
  for (let pad = start + length; pad < end; pad++) into[pad] = 0;
  writeValue(into, item, start, length);
  return end;
}

function writeValue(into: Buffer, item: Ttlv, at: number, length: number): void {
  switch (item.type) {
    case TYPE.Integer:
      if (item.value !== (item.value | 0)) misfit(item, "not an integer of four bytes");
      write32(into, item.value, at);
      return;
    case TYPE.Enumeration:
    case TYPE.Interval:
      if (item.value !== item.value >>> 0) misfit(item, "not an unsigned integer of four bytes");
      write32(into, item.value, at);
      return;
    case TYPE.Boolean:
      write32(into, 0, at);
      write32(into, item.value ? 1 : 0, at + 4);
      return;
    case TYPE.TextString:
      writeText(into, item.value, at, length);
      return;
    case TYPE.BigInteger:
      if (length === 0 || length % 8 !== 0) misfit(item, "not a multiple of eight bytes");
      into.set(item.value, at);
      return;
    case TYPE.ByteString:
      into.set(item.value, at);
      return;
    case TYPE.DateTime:
      if (!Number.isSafeInteger(item.value)) misfit(item, "not a whole number of seconds");
      write32(into, Math.floor(item.value / 0x1_0000_0000), at);
      write32(into, item.value, at + 4);
      return;
    case TYPE.LongInteger:
    case TYPE.DateTimeExtended:
      if (BigInt.asIntN(64, item.value) !== item.value) misfit(item, "not an integer of eight bytes");
      into.writeBigInt64BE(item.value, at);
      return;
    default:
      misfit(item, "not an item type");
  }
}

/**
 * Encodes an item into one new buffer of exactly its size.
 *
 * The buffer may come from Node's pool; whoever sends key material in it should wipe it afterwards.
 *
 * @throws {@link KmipError} `E_KMIP_ENCODE` when a value does not fit its type.
 * @see KMIP 1.4 section 9.1.1
 */
export function encodeTtlv(item: Ttlv): Buffer {
  const sizes = new Sizes();
  const into = Buffer.allocUnsafe(sizes.measure(item));
  write(into, item, 0, sizes);
  return into;
}
