/** DER, as much of it as key stores need. @see ITU-T X.690 section 10 */
export type Der = Buffer;

/** One element of a tag with its content. */
export function element(tag: number, ...content: readonly Uint8Array[]): Der {
  const value = Buffer.concat(content);
  return Buffer.concat([Buffer.from([tag]), lengthOf(value.length), value]);
}

export const sequence = (...content: readonly Uint8Array[]): Der => element(0x30, ...content);
export const set = (...content: readonly Uint8Array[]): Der => element(0x31, ...content);
export const octets = (content: Uint8Array): Der => element(0x04, content);
/** Explicitly tagged [0]. */
export const tagged = (content: Uint8Array): Der => element(0xa0, content);
export const bmpString = (text: string): Der => element(0x1e, bmpBytes(text));
export const NULL: Der = element(0x05);

/** A number of 0 to 2³¹−1. */
export function integer(value: number): Der {
  const bytes = Buffer.alloc(5);
  bytes.writeUInt32BE(value, 1);
  let from = 0;
  while (from < 4 && bytes[from] === 0 && (bytes[from + 1] ?? 0) < 0x80) from += 1;
  return element(0x02, bytes.subarray(from));
}

/** An object identifier in its dotted form. */
export function oid(dotted: string): Der {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return element(0x06, ...[first * 40 + second, ...rest].map(base128));
}

/** UTF-16, big-endian. */
export function bmpBytes(text: string): Buffer {
  return Buffer.from(text, "utf16le").swap16();
}

function base128(value: number): Buffer {
  const bytes = [value % 128];
  for (let left = Math.floor(value / 128); left > 0; left = Math.floor(left / 128)) bytes.unshift(0x80 + (left % 128));
  return Buffer.from(bytes);
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(length);
  const short = bytes.subarray(bytes.findIndex((byte) => byte !== 0));
  return Buffer.concat([Buffer.from([0x80 + short.length]), short]);
}
