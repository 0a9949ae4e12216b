import { decodeBase64url, encodeBase64url } from "@holdfast/protocol";
import { concatBytes, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";

/**
 * Bytes as a vector writes them: `text` (UTF-8), `hex`, `base64url`, or `repeat` (`{text, times, before, after}`) for
 * what would be too long to read.
 */
export function inputBytes(value: unknown): Uint8Array<ArrayBuffer> {
  const given = value as {
    readonly text?: string;
    readonly hex?: string;
    readonly base64url?: string;
    readonly repeat?: {
      readonly text: string;
      readonly times: number;
      readonly before: string;
      readonly after: string;
    };
  };
  if (given.text !== undefined) return new Uint8Array(utf8ToBytes(given.text));
  if (given.hex !== undefined) return new Uint8Array(hexToBytes(given.hex));
  if (given.base64url !== undefined) return decodeBase64url(given.base64url);
  const { text = "", times = 0, before = "", after = "" } = given.repeat ?? {};
  return new Uint8Array(concatBytes(utf8ToBytes(before), utf8ToBytes(text.repeat(times)), utf8ToBytes(after)));
}

/** A document's bytes as a vector writes them. */
export function documentInput(bytes: Uint8Array): { readonly base64url: string } {
  return { base64url: encodeBase64url(bytes) };
}
