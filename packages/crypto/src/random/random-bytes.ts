import { randomFillSync } from "node:crypto";
import { CryptoError } from "../errors.ts";
import { GCM_IV_BYTES } from "../policy/limits.ts";

const MAX_REQUEST_BYTES = 1024 * 1024;

/**
 * Returns fresh bytes of the operating system's generator as seeded into the runtime's DRBG.
 *
 * @throws {@link CryptoError} `E_CRYPTO_INPUT` unless 1 <= length <= 1 MiB
 */
export function randomBytes(length: number): Buffer {
  if (!Number.isSafeInteger(length) || length < 1 || length > MAX_REQUEST_BYTES) {
    throw new CryptoError("E_CRYPTO_INPUT", "Random bytes are asked for between 1 byte and 1 MiB at a time.", {
      max: MAX_REQUEST_BYTES,
    });
  }
  // allocUnsafeSlow: never a slice of the process-wide pool that other buffers share.
  return randomFillSync(Buffer.allocUnsafeSlow(length));
}

const POOLED_BYTES = 8192;
const LONGEST_IV = 16;
const pool = Buffer.allocUnsafeSlow(POOLED_BYTES);
let taken = POOLED_BYTES;

/**
 * Returns a random IV that no other call has had and none will have: 96 bits, or as many bytes as are asked for, at most 16.
 *
 * One system call fills many IVs, which is what makes short encryptions cheap. What is taken is wiped from the pool, and
 * the position moves first, so an IV cannot be handed out twice even if a later step throws.
 *
 * @throws {@link CryptoError} `E_CRYPTO_INPUT` for another length
 */
export function takeIv(bytes: number = GCM_IV_BYTES): Buffer {
  if (!Number.isSafeInteger(bytes) || bytes < 1 || bytes > LONGEST_IV)
    throw new CryptoError("E_CRYPTO_INPUT", "An IV has between 1 and 16 bytes.", { max: LONGEST_IV });
  if (taken + bytes > POOLED_BYTES) {
    randomFillSync(pool);
    taken = 0;
  }
  const offset = taken;
  taken += bytes;
  const iv = Buffer.allocUnsafe(bytes);
  // Byte by byte: for so few of them, calls into the runtime cost more.
  for (let at = 0; at < bytes; at += 1) {
    iv[at] = pool[offset + at] as number;
    pool[offset + at] = 0;
  }
  return iv;
}
