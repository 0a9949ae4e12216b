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

const POOLED_IVS = 512;
const pool = Buffer.allocUnsafeSlow(POOLED_IVS * GCM_IV_BYTES);
let taken = POOLED_IVS;

/**
 * Returns a random 96-bit IV that no other call has had and none will have.
 *
 * One system call fills many IVs, which is what makes short encryptions cheap. A slot is wiped as it is taken,
 * and the position moves first, so an IV cannot be handed out twice even if a later step throws.
 */
export function takeIv(): Buffer {
  if (taken >= POOLED_IVS) {
    randomFillSync(pool);
    taken = 0;
  }
  const offset = taken * GCM_IV_BYTES;
  taken += 1;
  const iv = Buffer.allocUnsafe(GCM_IV_BYTES);
  // Byte by byte: for twelve of them, calls into the runtime cost more.
  for (let at = 0; at < GCM_IV_BYTES; at += 1) {
    iv[at] = pool[offset + at] as number;
    pool[offset + at] = 0;
  }
  return iv;
}
