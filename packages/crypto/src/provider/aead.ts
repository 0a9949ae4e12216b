import { createCipheriv, createDecipheriv } from "node:crypto";
import { CryptoError } from "../errors.ts";
import type { Aead } from "../policy/algorithm.ts";
import { GCM_IV_BYTES, GCM_TAG_BYTES } from "../policy/limits.ts";

const OPTIONS = { authTagLength: GCM_TAG_BYTES } as const;

/** The hot path of one cipher: 96-bit IVs, 128-bit tags, everything at once. @see SP 800-38D; RFC 8439 section 2.8 */
export function aeadOf(cipherName: "aes-128-gcm" | "aes-192-gcm" | "aes-256-gcm" | "chacha20-poly1305"): Aead {
  return {
    seal(key, iv, aad, plaintext) {
      const cipher = createCipheriv(cipherName as "aes-256-gcm", key, iv, OPTIONS);
      for (const part of aad) if (part.byteLength > 0) cipher.setAAD(part);
      const ciphertext = cipher.update(plaintext);
      cipher.final();
      return { ciphertext, tag: cipher.getAuthTag() };
    },
    open(key, parts, aad) {
      if (parts.iv.byteLength !== GCM_IV_BYTES || parts.tag.byteLength !== GCM_TAG_BYTES)
        throw new CryptoError("E_DECRYPT");
      const decipher = createDecipheriv(cipherName as "aes-256-gcm", key, parts.iv, OPTIONS);
      decipher.setAuthTag(parts.tag);
      for (const part of aad) if (part.byteLength > 0) decipher.setAAD(part);
      const plaintext = decipher.update(parts.ciphertext);
      try {
        decipher.final();
      } catch {
        plaintext.fill(0); // SP 800-38D section 7.2: nothing of an inauthentic message is released
        throw new CryptoError("E_DECRYPT");
      }
      return plaintext;
    },
  };
}
