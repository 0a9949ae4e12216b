import { createSecretKey, type KeyObject } from "node:crypto";
import { CryptoError } from "../errors.ts";
import { GCM_IV_BYTES, GCM_TAG_BYTES } from "../policy/limits.ts";
import { rootAead } from "../provider/crypto.ts";
import { randomBytes } from "../random/random-bytes.ts";
import { HPKE_PUBLIC_KEY_BYTES, hpkeOpen, hpkeSeal } from "./hpke.ts";
import type { RecipientHandle } from "./recipient-handle.ts";

const KEY_BYTES = 32;
/** Bytes of plaintext in every chunk but the last. */
export const STREAM_CHUNK_BYTES = 65_536;
/** Encapsulated key and encrypted stream key at the head of a sealed stream. */
export const STREAM_HEAD_BYTES = HPKE_PUBLIC_KEY_BYTES + KEY_BYTES + GCM_TAG_BYTES;
const SEALED_CHUNK_BYTES = STREAM_CHUNK_BYTES + GCM_TAG_BYTES;
const NO_AAD = Buffer.alloc(0);

type ByteSource = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/**
 * Encrypts any amount of data to a recipient: a fresh key sent by HPKE, then chunks of 64 KiB under AES-256-GCM.
 *
 * The nonce of a chunk is its 88-bit number and a byte that is 1 in the last one only, so chunks cannot be reordered,
 * dropped, repeated or cut off. `info` binds the stream to its purpose; the same bytes are needed to open it.
 *
 * @throws {@link CryptoError} `E_CRYPTO_KEY` for an unacceptable public key
 * @see RFC 9180; Hoang, Reyhanitabar, Rogaway, Vizár, "Online Authenticated-Encryption and its Nonce-Reuse
 * Misuse-Resistance" (the STREAM construction)
 */
export async function* sealStream(
  source: ByteSource,
  recipientPublicKey: Uint8Array,
  info: Uint8Array,
): AsyncGenerator<Buffer> {
  const secret = randomBytes(KEY_BYTES);
  const { enc, ct } = await hpkeSeal(recipientPublicKey, info, NO_AAD, secret);
  const key = createSecretKey(secret);
  secret.fill(0);
  yield Buffer.concat([enc, ct]);
  yield* sealChunks(source, key);
}

/** The chunks alone, under a key that serves this one stream. Inside this package only. */
export async function* sealChunks(source: ByteSource, key: KeyObject): AsyncGenerator<Buffer> {
  let number = 0;
  for await (const { bytes, last } of inPieces(source, STREAM_CHUNK_BYTES)) {
    const { ciphertext, tag } = rootAead.seal(key, nonceOf(number, last), [], bytes);
    number += 1;
    yield Buffer.concat([ciphertext, tag]);
  }
}

/**
 * Decrypts what {@link sealStream} made.
 *
 * Each chunk is authentic when it is yielded, the whole only when the generator ends.
 * Caller must: discard everything when it throws.
 *
 * @throws {@link CryptoError} `E_DECRYPT` for anything changed, missing or added, `E_CRYPTO_DESTROYED`
 */
export async function* openStream(
  source: ByteSource,
  recipient: RecipientHandle,
  info: Uint8Array,
): AsyncGenerator<Buffer> {
  yield* openPieces(inPieces(source, SEALED_CHUNK_BYTES, STREAM_HEAD_BYTES), (head) => openHead(head, recipient, info));
}

/** Opens what {@link sealChunks} made. Inside this package only. @throws {@link CryptoError} `E_DECRYPT` */
export function openChunks(source: ByteSource, key: KeyObject): AsyncGenerator<Buffer> {
  return openPieces(inPieces(source, SEALED_CHUNK_BYTES), key);
}

async function* openPieces(
  pieces: ReturnType<typeof inPieces>,
  opener: KeyObject | ((head: Buffer) => Promise<KeyObject>),
): AsyncGenerator<Buffer> {
  let key = typeof opener === "function" ? null : opener;
  let number = 0;
  for await (const { bytes, last } of pieces) {
    if (key === null) {
      if (last || bytes.byteLength !== STREAM_HEAD_BYTES) throw new CryptoError("E_DECRYPT");
      key = await (opener as (head: Buffer) => Promise<KeyObject>)(bytes);
      continue;
    }
    // A full stream may end in an empty last chunk only if it is the only one.
    if (bytes.byteLength < GCM_TAG_BYTES || (bytes.byteLength === GCM_TAG_BYTES && number > 0))
      throw new CryptoError("E_DECRYPT");
    const split = bytes.byteLength - GCM_TAG_BYTES;
    const parts = {
      iv: nonceOf(number, last),
      ciphertext: bytes.subarray(0, split),
      tag: bytes.subarray(split),
    };
    number += 1;
    yield rootAead.open(key, parts, []);
  }
  if (number === 0) throw new CryptoError("E_DECRYPT");
}

async function openHead(head: Buffer, recipient: RecipientHandle, info: Uint8Array): Promise<KeyObject> {
  const sealed = {
    enc: head.subarray(0, HPKE_PUBLIC_KEY_BYTES),
    ct: head.subarray(HPKE_PUBLIC_KEY_BYTES),
  };
  const secret = await hpkeOpen(recipient, sealed, info, NO_AAD);
  const key = createSecretKey(secret);
  secret.fill(0);
  return key;
}

function nonceOf(number: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(GCM_IV_BYTES); // 88-bit number, of which 48 bits are ever used, then the flag
  nonce.writeUIntBE(number, 5, 6);
  nonce.writeUInt8(last ? 1 : 0, 11);
  return nonce;
}

/** Cuts a source into pieces of `size` (the first of `firstSize`); the piece marked `last` may be shorter, even empty. */
async function* inPieces(
  source: ByteSource,
  size: number,
  firstSize = size,
): AsyncGenerator<{ bytes: Buffer; last: boolean }> {
  let pending: Buffer[] = [];
  let held = 0;
  let wanted = firstSize;
  for await (const part of source) {
    pending.push(Buffer.from(part.buffer, part.byteOffset, part.byteLength));
    held += part.byteLength;
    while (held > wanted) {
      const all = Buffer.concat(pending);
      yield { bytes: all.subarray(0, wanted), last: false };
      pending = [all.subarray(wanted)];
      held -= wanted;
      wanted = size;
    }
  }
  yield { bytes: Buffer.concat(pending), last: true };
}
