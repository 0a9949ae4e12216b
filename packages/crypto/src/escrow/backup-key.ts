import { createSecretKey, hkdfSync, type KeyObject } from "node:crypto";
import { CryptoError } from "../errors.ts";
import { openChunks, sealChunks } from "../hpke/sealed-stream.ts";
import { ROOT_KEY_BYTES } from "../policy/limits.ts";
import { randomBytes } from "../random/random-bytes.ts";
import { KeyEncryptionKey } from "../wrapping/key-encryption-key.ts";
import { openRootKey, type RootKey, sealRootKey } from "../wrapping/root-key.ts";

const KEY_BYTES = 32;

type ByteSource = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

let construct: (secret: Buffer) => BackupKey;
let readSecret: (key: BackupKey) => Buffer;

/**
 * The fresh 256-bit key of one backup. It seals that backup's parts and is then split among custodians; it never shows
 * itself.
 *
 * Each part has a key of its own: HKDF-SHA256 with an empty salt and the part's info.
 */
export class BackupKey {
  #secret: Buffer | null;

  private constructor(secret: Buffer) {
    this.#secret = secret;
    Object.freeze(this);
  }

  static {
    construct = (secret) => new BackupKey(secret);
    readSecret = (key) => {
      if (key.#secret === null) throw new CryptoError("E_CRYPTO_DESTROYED");
      return key.#secret;
    };
  }

  static generate(): BackupKey {
    return new BackupKey(randomBytes(KEY_BYTES));
  }

  get destroyed(): boolean {
    return this.#secret === null;
  }

  /** Wipes the key. */
  zeroize(): void {
    this.#secret?.fill(0);
    this.#secret = null;
  }

  /** What `JSON.stringify` and logs see. */
  toJSON(): { key: "backup" } {
    return { key: "backup" };
  }
}

/** Takes over a buffer. Inside this package only. @throws {@link CryptoError} `E_DECRYPT` for another size */
export function takeBackupKey(secret: Buffer): BackupKey {
  if (secret.byteLength !== KEY_BYTES) {
    secret.fill(0);
    throw new CryptoError("E_DECRYPT");
  }
  return construct(secret);
}

/** The key's bytes. Inside this package only: never exported by index.ts. */
export function backupSecretOf(key: BackupKey): Buffer {
  return readSecret(key);
}

/** Encrypts a stream in chunks of 64 KiB, bound to `info`. @throws {@link CryptoError} `E_CRYPTO_DESTROYED` */
export function sealStreamUnder(source: ByteSource, key: BackupKey, info: Uint8Array): AsyncGenerator<Buffer> {
  return sealChunks(source, partKey(key, info));
}

/**
 * Decrypts what {@link sealStreamUnder} made. Caller must: discard everything when it throws.
 *
 * @throws {@link CryptoError} `E_DECRYPT` for another key, info, or anything changed, missing or added
 */
export function openStreamUnder(source: ByteSource, key: BackupKey, info: Uint8Array): AsyncGenerator<Buffer> {
  return openChunks(source, partKey(key, info));
}

/** Encrypts the domain's root key under a backup's key, bound to `info`. */
export function sealRootUnder(key: BackupKey, root: RootKey, info: Uint8Array): Buffer {
  const kek = KeyEncryptionKey.take(derive(key, info));
  try {
    return sealRootKey(kek, root, "backup");
  } finally {
    kek.zeroize();
  }
}

/**
 * Opens what {@link sealRootUnder} made, and checks that it is the root key committed to.
 *
 * @throws {@link CryptoError} `E_DECRYPT`
 */
export function openRootUnder(key: BackupKey, sealed: Uint8Array, info: Uint8Array, commitment: Uint8Array): RootKey {
  const kek = KeyEncryptionKey.take(derive(key, info));
  let root: RootKey;
  try {
    root = openRootKey(kek, sealed, "backup");
  } catch {
    throw new CryptoError("E_DECRYPT");
  } finally {
    kek.zeroize();
  }
  if (Buffer.compare(root.commitment, commitment) !== 0) {
    root.zeroize();
    throw new CryptoError("E_DECRYPT");
  }
  return root;
}

function derive(key: BackupKey, info: Uint8Array): Buffer {
  return Buffer.from(hkdfSync("sha256", readSecret(key), Buffer.alloc(0), info, ROOT_KEY_BYTES));
}

function partKey(key: BackupKey, info: Uint8Array): KeyObject {
  const bytes = derive(key, info);
  const part = createSecretKey(bytes);
  bytes.fill(0);
  return part;
}
