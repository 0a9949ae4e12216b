import { ReportError } from "../errors.ts";

/** One DER element: where its content and the whole of it stand in the bytes it was read from. */
export type DerElement = { readonly tag: number; readonly content: Uint8Array; readonly whole: Uint8Array };

/** Tags of the few ASN.1 types that certificates and CMS need. */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectId: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  context0: 0xa0,
  context3: 0xa3,
} as const;

/** Encodes one element around its content. */
export function der(tag: number, ...content: readonly Uint8Array[]): Uint8Array {
  const size = content.reduce((sum, part) => sum + part.length, 0);
  const bytes = new Uint8Array([tag, ...derLength(size), ...new Uint8Array(size)]);
  let at = bytes.length - size;
  for (const part of content) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function derLength(size: number): number[] {
  if (size < 0x80) return [size];
  const bytes: number[] = [];
  for (let rest = size; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 | bytes.length, ...bytes];
}

/** Encodes an object identifier written with dots. */
export function derObjectId(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const group = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) group.unshift(0x80 | (left % 128));
    bytes.push(...group);
  }
  return der(TAG.objectId, Uint8Array.from(bytes));
}

/** Encodes a SET OF: its members in the order of their bytes, as DER demands. */
export function derSetOf(tag: number, members: readonly Uint8Array[]): Uint8Array {
  return der(tag, ...[...members].sort(compareBytes));
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shorter = Math.min(a.length, b.length);
  for (let at = 0; at < shorter; at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/**
 * Reads the elements that make up `bytes`, all of it, refusing every length that is not the shortest form.
 *
 * @throws {@link ReportError} `V_MALFORMED`
 */
export function readDer(bytes: Uint8Array): DerElement[] {
  const elements: DerElement[] = [];
  let at = 0;
  while (at < bytes.length) {
    const element = readElement(bytes.subarray(at));
    elements.push(element);
    at += element.whole.length;
  }
  return elements;
}

/** Reads the first element of `bytes`, leaving alone what follows it. */
export function readElement(bytes: Uint8Array): DerElement {
  const tag = bytes[0];
  const first = bytes[1];
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) throw malformed();
  let header = 2;
  let size = first;
  if (first >= 0x80) {
    const count = first & 0x7f;
    if (count === 0 || count > 4) throw malformed();
    size = bytes.subarray(2, 2 + count).reduce((sum, byte) => sum * 256 + byte, 0);
    header += count;
    if (derLength(size).length !== count + 1) throw malformed();
  }
  if (header + size > bytes.length) throw malformed();
  return { tag, content: bytes.subarray(header, header + size), whole: bytes.subarray(0, header + size) };
}

/**
 * Reads the members of a constructed element of a known tag.
 *
 * @throws {@link ReportError} `V_MALFORMED`
 */
export function readMembers(element: DerElement | undefined, tag: number): DerElement[] {
  if (!element || element.tag !== tag) throw malformed();
  return readDer(element.content);
}

function malformed(): ReportError {
  return new ReportError("V_MALFORMED", "not the DER of a certificate or signature");
}
