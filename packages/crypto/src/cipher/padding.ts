import { CryptoError } from "../errors.ts";
import type { Padding } from "../policy/cipher-params.ts";
import { randomBytes } from "../random/random-bytes.ts";

/** @throws {@link CryptoError} `E_CRYPTO_ALGORITHM` for a padding that is not on the allow-list */
export function paddingOf(padding: Padding | undefined): Padding {
  const known: readonly Padding[] = ["none", "pkcs5", "iso10126", "ansi-x923", "one-and-zeros", "zeros"];
  const chosen = padding ?? "pkcs5";
  if (!known.includes(chosen)) throw new CryptoError("E_CRYPTO_ALGORITHM", "The padding is not on the allow-list.");
  return chosen;
}

/**
 * The bytes that fill the last block after `length` bytes of plaintext.
 *
 * @throws {@link CryptoError} `E_CRYPTO_INPUT` for a length that is not whole blocks when there is no padding
 * @see RFC 5652 section 6.3 (pkcs5); ISO/IEC 9797-1 methods 1 and 2 (zeros, one-and-zeros)
 */
export function fillingFor(padding: Padding, length: number, blockBytes: number): Buffer {
  const over = length % blockBytes;
  if (padding === "none") {
    if (over !== 0) throw new CryptoError("E_CRYPTO_INPUT", "Without padding, plaintexts are whole blocks.");
    return Buffer.alloc(0);
  }
  if (padding === "zeros") return Buffer.alloc(over === 0 ? 0 : blockBytes - over);
  const size = blockBytes - over;
  const filling = Buffer.alloc(size, padding === "pkcs5" ? size : 0);
  if (padding === "one-and-zeros") filling[0] = 0x80;
  else filling[size - 1] = size;
  if (padding === "iso10126" && size > 1) randomBytes(size - 1).copy(filling);
  return filling;
}

/**
 * How many bytes of the last block are plaintext, or -1 when it is not padded so.
 *
 * It looks at every byte whatever the others are, so that the time tells nothing of the padding.
 */
export function unpaddedLength(padding: Padding, block: Uint8Array): number {
  const size = block.byteLength;
  if (padding === "none") return size;
  if (padding === "zeros" || padding === "one-and-zeros") return markedLength(padding, block);
  const count = block[size - 1] ?? 0;
  let wrong = isLess(size, count) | isLess(count, 1);
  for (let at = 0; at < size; at += 1) {
    const inFilling = isLess(at, size - 1) & isLess(size - count - 1, at);
    const byte = block[at] ?? 0;
    if (padding === "pkcs5") wrong |= -inFilling & (byte ^ count);
    if (padding === "ansi-x923") wrong |= -inFilling & byte;
  }
  return wrong === 0 ? size - count : -1;
}

/** Counts back over zeros, and over the mark where there must be one. */
function markedLength(padding: "zeros" | "one-and-zeros", block: Uint8Array): number {
  let length = 0;
  for (let at = 0; at < block.byteLength; at += 1) {
    const isZero = isLess(block[at] ?? 0, 1);
    length = (length & -isZero) | ((at + 1) & (isZero - 1)); // one past the last byte that is not zero
  }
  if (padding === "zeros") return length;
  return length > 0 && block[length - 1] === 0x80 ? length - 1 : -1;
}

/** 1 when a < b, for small integers, without a branch. */
function isLess(a: number, b: number): number {
  return (a - b) >>> 31;
}
