import { createCipheriv, type KeyObject } from "node:crypto";
import { CryptoError } from "../errors.ts";
import type { Algorithm } from "../policy/algorithm.ts";
import type { CipherMode, CipherRun, ModeOfUse } from "../policy/cipher-params.ts";
import { GCM_RANDOM_IV_INVOCATIONS } from "../policy/limits.ts";
import { aeadOf } from "./aead.ts";
import { exactBits } from "./aes.ts";
import { aeadAtOnce, streamingAead } from "./block-modes.ts";

const KEY = {
  legacy: false,
  usages: { "symmetric-key": ["encrypt", "decrypt"] },
  bitsOf: (key: KeyObject) => exactBits(key, 256),
  newSecretBytes: () => 32,
} as const;

/** ChaCha20 with Poly1305. @see RFC 8439 section 2.8 */
export const chacha20Poly1305: Algorithm = {
  ...KEY,
  name: "ChaCha20-Poly1305",
  webcrypto: () => ({ name: "ChaCha20-Poly1305" }),
  invocationLimit: GCM_RANDOM_IV_INVOCATIONS,
  aead: aeadOf("chacha20-poly1305"),
  modeOf: (mode: CipherMode): ModeOfUse | null =>
    mode !== "CHACHA20-POLY1305"
      ? null
      : {
          ivBytes: 12,
          ivFits: (bytes) => bytes === 12,
          tagBytes: [16, 15, 14, 13, 12, 8, 4],
          padBytes: 0,
          onceOnly: true,
          positional: false,
          legacy: false,
          start: streamingAead("chacha20-poly1305"),
          whole: aeadAtOnce("chacha20-poly1305"),
        },
};

/** ChaCha20 alone: it hides and does not authenticate. @see RFC 8439 section 2.4 */
export const chacha20: Algorithm = {
  ...KEY,
  name: "ChaCha20",
  webcrypto: () => ({ name: "ChaCha20" }),
  invocationLimit: GCM_RANDOM_IV_INVOCATIONS,
  modeOf: (mode: CipherMode): ModeOfUse | null =>
    mode !== "CHACHA20"
      ? null
      : {
          ivBytes: 12,
          ivFits: (bytes) => bytes === 8 || bytes === 12 || bytes === 16,
          tagBytes: [],
          padBytes: 0,
          onceOnly: true,
          positional: false,
          legacy: false,
          start(key, run) {
            const cipher = createCipheriv("chacha20", key, initialState(run));
            return { update: (data) => cipher.update(data), final: () => cipher.final(), tag: () => Buffer.alloc(0) };
          },
        },
};

/** The runtime's IV is the counter (little-endian) and the nonce: 4 and 12 bytes, 8 and 8, or both as given. */
function initialState({ iv, params }: CipherRun): Uint8Array {
  const counter = params.counter ?? 0;
  if (!Number.isSafeInteger(counter) || counter < 0 || counter > 0xffffffff) throw new CryptoError("E_CRYPTO_INPUT");
  if (iv.byteLength === 16) {
    if (params.counter !== undefined) throw new CryptoError("E_CRYPTO_INPUT");
    return iv;
  }
  const state = Buffer.alloc(16);
  state.writeUInt32LE(counter, 0);
  state.set(iv, 16 - iv.byteLength);
  return state;
}
