import type { KeyObject } from "node:crypto";
import { CryptoError } from "../errors.ts";
import type { Algorithm } from "../policy/algorithm.ts";
import { TDEA_MAX_BLOCKS } from "../policy/limits.ts";
import { exactBits, zeroBlock } from "./aes.ts";
import { tdeaMode } from "./block-modes.ts";
import { cmacOf } from "./cmac.ts";

/** Three-key triple DES, for old data only. @see SP 800-67 revision 2; SP 800-131A section 2 */
export const tripleDes: Algorithm = {
  name: "3DES",
  legacy: true,
  usages: { "symmetric-key": ["encrypt", "decrypt", "wrap", "unwrap", "mac", "verifymac", "derive"] },
  webcrypto: () => ({ name: "3DES", length: 192 }),
  bitsOf: (key) => checkedBundle(key),
  invocationLimit: TDEA_MAX_BLOCKS,
  newSecretBytes: () => 24,
  finishSecret: setOddParity,
  modeOf: tdeaMode,
  macs: [cmacOf("des-ede3-cbc", 8, true)],
  checkValue: (key) => zeroBlock("des-ede3", key, 8).subarray(0, 3),
};

/**
 * Three keys that all differ, in their 56 bits that count. Parity is not asked of imported keys: the standard lets
 * the parity bits be ignored, and old systems did.
 */
function checkedBundle(key: KeyObject): number {
  exactBits(key, 192);
  const bytes = key.export();
  for (let at = 0; at < 24; at += 1) bytes[at] = (bytes[at] ?? 0) & 0xfe;
  const second = bytes.subarray(8, 16);
  const single = bytes.subarray(0, 8).equals(second) || second.equals(bytes.subarray(16));
  bytes.fill(0);
  if (single) throw new CryptoError("E_CRYPTO_KEY", "The keys of a triple DES bundle differ.");
  return 192;
}

/** Sets the last bit of each byte so that the byte has an odd number of ones. */
export function setOddParity(bytes: Buffer): void {
  for (let at = 0; at < bytes.byteLength; at += 1) {
    const byte = (bytes[at] ?? 0) & 0xfe;
    let ones = byte;
    ones ^= ones >> 4;
    ones ^= ones >> 2;
    ones ^= ones >> 1;
    bytes[at] = byte | (~ones & 1);
  }
}
