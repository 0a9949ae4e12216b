import { createCipheriv } from "node:crypto";
import type { MacPrimitive } from "../policy/algorithm.ts";

/**
 * CMAC over a block cipher, named by its CBC mode.
 *
 * The last block is masked with a sub-key and all of it enciphered in CBC: the last ciphertext block is the MAC.
 *
 * @see SP 800-38B section 6.2; RFC 4493
 */
export function cmacOf(cbcName: string, blockBytes: 8 | 16, legacy: boolean): MacPrimitive {
  const constant = blockBytes === 16 ? 0x87 : 0x1b;
  const zero = Buffer.alloc(blockBytes);
  return {
    algorithm: "CMAC",
    bytes: blockBytes,
    legacy,
    compute(key, data) {
      const encipher = (blocks: Uint8Array): Buffer => {
        const cipher = createCipheriv(cbcName, key, zero);
        cipher.setAutoPadding(false);
        return cipher.update(blocks);
      };
      const whole = data.byteLength > 0 && data.byteLength % blockBytes === 0;
      let mask = doubled(encipher(zero), constant);
      if (!whole) mask = doubled(mask, constant);
      const blocks = Buffer.alloc(Math.max(1, Math.ceil(data.byteLength / blockBytes)) * blockBytes);
      blocks.set(data);
      if (!whole) blocks[data.byteLength] = 0x80;
      const last = blocks.subarray(blocks.byteLength - blockBytes);
      for (let at = 0; at < blockBytes; at += 1) last[at] = (last[at] ?? 0) ^ (mask[at] ?? 0);
      const mac = Buffer.from(encipher(blocks).subarray(-blockBytes));
      mask.fill(0);
      return mac;
    },
  };
}

/** Multiplication by x in the field of the block size, without a branch on the value. */
function doubled(block: Uint8Array, constant: number): Buffer {
  const out = Buffer.alloc(block.byteLength);
  let carry = 0;
  for (let at = block.byteLength - 1; at >= 0; at -= 1) {
    const byte = block[at] ?? 0;
    out[at] = ((byte << 1) | carry) & 0xff;
    carry = byte >>> 7;
  }
  out[out.byteLength - 1] = (out[out.byteLength - 1] ?? 0) ^ (constant * carry);
  return out;
}

/** GMAC: GCM that authenticates and encrypts nothing; its IV is never used twice. @see SP 800-38D section 3 */
export function gmac(gcmName: string): MacPrimitive {
  return {
    algorithm: "GMAC",
    bytes: 16,
    legacy: false,
    compute(key, data, iv) {
      const cipher = createCipheriv(gcmName as "aes-256-gcm", key, iv, { authTagLength: 16 });
      if (data.byteLength > 0) cipher.setAAD(data);
      cipher.final();
      return cipher.getAuthTag();
    },
  };
}
