import { ProtocolError } from "../errors.ts";

/** One DER element: its content, and the whole of it. */
export interface DerElement {
  readonly tag: number;
  readonly content: Uint8Array;
  readonly whole: Uint8Array;
}

/** Tags of the types that attestation certificates need. */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  objectId: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  context0: 0xa0,
  context3: 0xa3,
} as const;

/** Reads the elements that make up the bytes, all of them. @throws {@link ProtocolError} `E_CANON` */
export function readDer(bytes: Uint8Array): DerElement[] {
  const elements: DerElement[] = [];
  for (let at = 0; at < bytes.length; ) {
    const element = readElement(bytes.subarray(at));
    elements.push(element);
    at += element.whole.length;
  }
  return elements;
}

/** Reads bytes that are one element of a tag, and gives its members. @throws {@link ProtocolError} `E_CANON` */
export function readOne(bytes: Uint8Array, tag: number): DerElement[] {
  const [only, ...more] = readDer(bytes);
  if (more.length > 0) throw notDer();
  return membersOf(only, tag);
}

/** The members of a constructed element of a tag. @throws {@link ProtocolError} `E_CANON` */
export function membersOf(element: DerElement | undefined, tag: number): DerElement[] {
  if (element?.tag !== tag) throw notDer();
  return readDer(element.content);
}

/** The content of an element of a tag. @throws {@link ProtocolError} `E_CANON` */
export function contentOf(element: DerElement | undefined, tag: number): Uint8Array {
  if (element?.tag !== tag) throw notDer();
  return element.content;
}

/** The bytes of a bit string of whole bytes. @throws {@link ProtocolError} `E_CANON` */
export function bitsOf(element: DerElement | undefined): Uint8Array {
  const content = contentOf(element, TAG.bitString);
  if (content[0] !== 0) throw notDer();
  return content.subarray(1);
}

/** An object identifier, with dots. @throws {@link ProtocolError} `E_CANON` */
export function objectIdOf(element: DerElement | undefined): string {
  const content = contentOf(element, TAG.objectId);
  if (content.length === 0 || content.length > 64 || (content.at(-1) ?? 0) >= 0x80) throw notDer();
  const arcs: number[] = [];
  let arc = 0;
  for (const byte of content) {
    if (arc === 0 && byte === 0x80) throw notDer();
    arc = arc * 128 + (byte & 0x7f);
    if (arc > Number.MAX_SAFE_INTEGER) throw notDer();
    if (byte >= 0x80) continue;
    arcs.push(arc);
    arc = 0;
  }
  const [first = 0, ...rest] = arcs;
  const top = Math.min(2, Math.floor(first / 40));
  return [top, first - top * 40, ...rest].join(".");
}

function readElement(bytes: Uint8Array): DerElement {
  const tag = bytes[0];
  const first = bytes[1];
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) throw notDer();
  let header = 2;
  let size = first;
  if (first >= 0x80) {
    const count = first & 0x7f;
    header += count;
    if (count === 0 || count > 3 || bytes.length < header) throw notDer();
    size = bytes.subarray(2, header).reduce((sum, byte) => sum * 256 + byte, 0);
    // The shortest form only.
    if (size < 0x80 || size < 256 ** (count - 1)) throw notDer();
  }
  if (header + size > bytes.length) throw notDer();
  return { tag, content: bytes.subarray(header, header + size), whole: bytes.subarray(0, header + size) };
}

/** What bytes that are no DER are refused with. */
export function notDer(): ProtocolError {
  return new ProtocolError("E_CANON", "The bytes are not the DER of a certificate.");
}
