import { KmipError } from "../errors.ts";

const SHORT = 64;
const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Decodes the bytes of a Text String.
 *
 * @throws {@link KmipError} `E_KMIP_TTLV` when they are not UTF-8.
 */
export function decodeText(bytes: Buffer, start: number, end: number): string {
  let ascii = true;
  for (let at = start; at < end && ascii; at++) ascii = (bytes[at] as number) < 0x80;
  if (ascii) return bytes.toString("latin1", start, end);
  try {
    return strictUtf8.decode(bytes.subarray(start, end));
  } catch {
    throw new KmipError("E_KMIP_TTLV", "a text string is not UTF-8", { offset: start });
  }
}

/**
 * How many bytes a text takes in UTF-8. Counts short ASCII itself: a call into the runtime costs more than the text.
 *
 * @throws {@link KmipError} `E_KMIP_ENCODE` for half a surrogate pair, which UTF-8 cannot say.
 */
export function textBytes(text: string): number {
  if (text.length > SHORT) return wellFormedBytes(text);
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) return wellFormedBytes(text);
  return text.length;
}

function wellFormedBytes(text: string): number {
  if (!text.isWellFormed()) throw new KmipError("E_KMIP_ENCODE", "a text is not well-formed Unicode");
  return Buffer.byteLength(text, "utf8");
}

/** Writes a text of `length` bytes in UTF-8. */
export function writeText(into: Buffer, text: string, at: number, length: number): void {
  if (length !== text.length) into.write(text, at, length, "utf8");
  else if (length > SHORT) into.write(text, at, length, "latin1");
  else for (let index = 0; index < length; index++) into[at + index] = text.charCodeAt(index);
}
