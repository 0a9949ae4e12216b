import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { CryptoError } from "../errors.ts";
import type { MaterialFormat } from "../policy/algorithm.ts";

type Half = "private-key" | "public-key";

/** What the runtime calls a kind of raw key. */
export interface RawForm {
  readonly asymmetricKeyType: string;
  readonly namedCurve?: string;
}

/**
 * Reads one DER structure of a private or public key with nothing after it.
 *
 * A public key must be in the one encoding the runtime itself writes, so that two encodings are never two keys.
 *
 * @throws anything when it is none
 */
export function readDer(half: Half, format: MaterialFormat, bytes: Buffer): KeyObject {
  if (!isOneSequence(bytes)) throw new CryptoError("E_CRYPTO_KEY");
  if (half === "private-key") {
    if (format !== "pkcs8" && format !== "pkcs1" && format !== "sec1") throw new CryptoError("E_CRYPTO_INPUT");
    return createPrivateKey({ key: bytes, format: "der", type: format });
  }
  if (format !== "spki" && format !== "pkcs1") throw new CryptoError("E_CRYPTO_INPUT");
  const read = createPublicKey({ key: bytes, format: "der", type: format });
  // The runtime writes PKCS#1 only of a key it has read as SPKI.
  const key = createPublicKey({ key: read.export({ format: "der", type: "spki" }), format: "der", type: "spki" });
  if (!key.export({ format: "der", type: format as "spki" }).equals(bytes)) throw new CryptoError("E_CRYPTO_KEY");
  return key;
}

/** Writes a DER structure; null for a format that the half has not. */
export function writeDer(key: KeyObject, format: MaterialFormat, more: readonly MaterialFormat[] = []): Buffer | null {
  const own = key.type === "private" ? "pkcs8" : "spki";
  if (format !== own && !more.includes(format)) return null;
  return key.export({ format: "der", type: format as "pkcs8" });
}

/** Reads the bytes of a private key, seed or public point alone. @throws anything when they are none */
export function readRaw(half: Half, bytes: Buffer, form: RawForm, secret: "raw-private" | "raw-seed"): KeyObject {
  // The runtime's raw formats are newer than its type declarations.
  const options = { key: bytes, format: half === "private-key" ? secret : "raw-public", ...form } as never;
  return half === "private-key" ? createPrivateKey(options) : createPublicKey(options);
}

/** Writes the bytes of a private key, seed or public point alone; null when the key has no such form. */
export function writeRaw(key: KeyObject, secret: "raw-private" | "raw-seed"): Buffer | null {
  try {
    return (key as unknown as { export(options: { format: string }): Buffer }).export({
      format: key.type === "private" ? secret : "raw-public",
    });
  } catch {
    return null; // a post-quantum key that came without its seed
  }
}

/** The public half of a private key. */
export function publicHalf(key: KeyObject): KeyObject {
  return key.type === "private" ? createPublicKey(key) : key;
}

/** True when the bytes are one DER SEQUENCE whose length is exactly theirs. */
function isOneSequence(bytes: Buffer): boolean {
  if (bytes.byteLength < 2 || bytes[0] !== 0x30) return false;
  const first = bytes[1] ?? 0;
  if (first < 0x80) return bytes.byteLength === 2 + first;
  const count = first & 0x7f;
  if (count < 1 || count > 4 || bytes.byteLength < 2 + count) return false;
  return bytes.readUIntBE(2, count) === bytes.byteLength - 2 - count;
}
