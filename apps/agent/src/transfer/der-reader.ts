import { TransferError } from "./errors.ts";

/** One element of DER. */
export interface DerElement {
  readonly tag: number;
  readonly content: Buffer;
  /** With its tag and length. */
  readonly whole: Buffer;
}

const SEQUENCE = 0x30;
const MAX_LENGTH_BYTES = 4;

/** The elements side by side in some bytes. @throws {@link TransferError} `E_KEY_FILE` */
export function derElements(bytes: Buffer): DerElement[] {
  const found: DerElement[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = byteAt(bytes, at);
    const { length, from } = lengthAt(bytes, at + 1);
    if (from + length > bytes.length) throw unreadable();
    found.push({ tag, content: bytes.subarray(from, from + length), whole: bytes.subarray(at, from + length) });
    at = from + length;
  }
  return found;
}

/** The parts of a constructed element of a tag. @throws {@link TransferError} `E_KEY_FILE` */
export function derParts(element: DerElement | undefined, tag: number): DerElement[] {
  if (element?.tag !== tag) throw unreadable();
  return derElements(element.content);
}

/** The one element that some bytes are. @throws {@link TransferError} `E_KEY_FILE` */
export function derWhole(bytes: Buffer, tag: number): DerElement {
  const [only, ...more] = derElements(bytes);
  if (only?.tag !== tag || more.length > 0) throw unreadable();
  return only;
}

/** Whether some bytes are one sequence whose parts can be told apart, and nothing after it. */
export function isDerSequence(bytes: Buffer): boolean {
  try {
    return derParts(derWhole(bytes, SEQUENCE), SEQUENCE).length > 0;
  } catch {
    return false;
  }
}

/** A small integer. @throws {@link TransferError} `E_KEY_FILE` */
export function derInteger(element: DerElement | undefined): number {
  if (element?.tag !== 0x02 || element.content.length < 1 || element.content.length > 4) throw unreadable();
  return element.content.readUIntBE(0, element.content.length);
}

/** An object identifier as its bytes in hexadecimal. @throws {@link TransferError} `E_KEY_FILE` */
export function derOid(element: DerElement | undefined): string {
  if (element?.tag !== 0x06) throw unreadable();
  return element.content.toString("hex");
}

/** An octet string. @throws {@link TransferError} `E_KEY_FILE` */
export function derOctets(element: DerElement | undefined): Buffer {
  if (element?.tag !== 0x04) throw unreadable();
  return element.content;
}

function lengthAt(bytes: Buffer, at: number): { length: number; from: number } {
  const first = byteAt(bytes, at);
  if (first < 0x80) return { length: first, from: at + 1 };
  const count = first - 0x80;
  if (count < 1 || count > MAX_LENGTH_BYTES || at + 1 + count > bytes.length) throw unreadable();
  return { length: bytes.readUIntBE(at + 1, count), from: at + 1 + count };
}

function byteAt(bytes: Buffer, at: number): number {
  const byte = bytes[at];
  if (byte === undefined) throw unreadable();
  return byte;
}

function unreadable(): TransferError {
  return new TransferError("E_KEY_FILE", "The file cannot be read.");
}
