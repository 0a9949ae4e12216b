import { ProtocolError } from "../errors.ts";

/** What this reader knows of CBOR: integers, byte and text strings, arrays, maps, booleans and null. */
export type CborValue = number | boolean | null | string | Uint8Array | readonly CborValue[] | CborMap;

/** A CBOR map; its keys are integers or text. */
export type CborMap = ReadonlyMap<number | string, CborValue>;

const MAX_DEPTH = 6;

/**
 * Reads one CBOR item in deterministic form: shortest lengths, definite lengths, no tags, no floats, no key twice.
 *
 * @returns The item and the index after it.
 * @throws {@link ProtocolError} `E_CANON`
 * @see RFC 8949 section 4.2.1, of which map order is left to the caller
 */
export function readCbor(bytes: Uint8Array, from = 0): { readonly value: CborValue; readonly end: number } {
  const reader = new CborReader(bytes, from);
  const value = reader.item(1);
  return { value, end: reader.at };
}

class CborReader {
  readonly #bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, from: number) {
    this.#bytes = bytes;
    this.at = from;
  }

  item(depth: number): CborValue {
    if (depth > MAX_DEPTH) throw notCbor();
    const first = this.#byte();
    const major = first >> 5;
    if (major === 7) return simpleValue(first);
    const length = this.#argument(first & 31);
    switch (major) {
      case 0:
        return length;
      case 1:
        return -1 - length;
      case 2:
        return this.#take(length);
      case 3:
        return decodeText(this.#take(length));
      case 4:
        return this.#array(length, depth);
      case 5:
        return this.#map(length, depth);
      default:
        throw notCbor();
    }
  }

  #array(length: number, depth: number): CborValue[] {
    // Every item takes a byte: a length beyond what is left cannot be honest.
    if (length > this.#bytes.length - this.at) throw notCbor();
    return Array.from({ length }, () => this.item(depth + 1));
  }

  #map(length: number, depth: number): CborMap {
    if (length > this.#bytes.length - this.at) throw notCbor();
    const map = new Map<number | string, CborValue>();
    for (let member = 0; member < length; member += 1) {
      const key = this.item(depth + 1);
      if ((typeof key !== "number" && typeof key !== "string") || map.has(key)) throw notCbor();
      map.set(key, this.item(depth + 1));
    }
    return map;
  }

  #argument(info: number): number {
    if (info < 24) return info;
    if (info > 26) throw notCbor();
    const size = 1 << (info - 24);
    const value = this.#take(size).reduce((sum, byte) => sum * 256 + byte, 0);
    const least = size === 1 ? 24 : 256 ** (size / 2);
    if (value < least) throw notCbor();
    return value;
  }

  #byte(): number {
    const byte = this.#bytes[this.at];
    if (byte === undefined) throw notCbor();
    this.at += 1;
    return byte;
  }

  #take(length: number): Uint8Array {
    if (length > this.#bytes.length - this.at) throw notCbor();
    const taken = this.#bytes.slice(this.at, this.at + length);
    this.at += length;
    return taken;
  }
}

function simpleValue(first: number): CborValue {
  if (first === 0xf4) return false;
  if (first === 0xf5) return true;
  if (first === 0xf6) return null;
  throw notCbor();
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw notCbor();
  }
}

function notCbor(): ProtocolError {
  return new ProtocolError("E_CANON", "The bytes are not deterministic CBOR.");
}
