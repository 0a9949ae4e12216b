import { TlogError } from "../errors.ts";

/** Joins byte strings. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Whether two byte strings are the same. Not constant time: everything here is public. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

/** UTF-8 bytes of a text. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(text));
}

/**
 * Text of UTF-8 bytes, refusing anything that is not exactly UTF-8.
 *
 * @throws {@link TlogError} `V_MALFORMED`
 */
export function fromUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new TlogError("V_MALFORMED", "not valid UTF-8");
  }
}

/**
 * Parses a decimal without sign or leading zeroes, up to 2⁵³−1.
 *
 * @throws {@link TlogError} `V_MALFORMED`, or `E_LIMIT` beyond 2⁵³−1.
 */
export function parseDecimal(text: string): number {
  if (!/^(0|[1-9][0-9]{0,19})$/.test(text)) throw new TlogError("V_MALFORMED", "not a plain decimal number");
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new TlogError("E_LIMIT", "number above 2^53-1");
  return value;
}
