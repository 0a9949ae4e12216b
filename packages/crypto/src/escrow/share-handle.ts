import { timingSafeEqual } from "node:crypto";
import { drillAnswer, shareCommitment } from "@holdfast/protocol";
import { CryptoError } from "../errors.ts";
import { type HpkeSealed, hpkeOpen } from "../hpke/hpke.ts";
import type { RecipientHandle } from "../hpke/recipient-handle.ts";
import { GF_2_8 } from "../shamir/fields.ts";
import { joinBytes, type Share, shareBytes, type Threshold } from "../shamir/share-bytes.ts";
import { type BackupKey, backupSecretOf, takeBackupKey } from "./backup-key.ts";

const NO_AAD = Buffer.alloc(0);
const SHARE_BYTES = 32;
/** A share as it is sealed: its number in one byte, then its bytes. */
const TRAVELLING_BYTES = 1 + SHARE_BYTES;

let construct: (bytes: Buffer) => ShareHandle;
let readBytes: (share: ShareHandle) => Buffer;

/** One custodian's part of a backup's key. It says what it is only by hashes that nobody can turn round. */
export class ShareHandle {
  /** From 1. */
  readonly index: number;
  #bytes: Buffer | null;

  private constructor(bytes: Buffer) {
    this.index = bytes.readUInt8(0);
    this.#bytes = bytes;
    Object.freeze(this);
  }

  static {
    construct = (bytes) => new ShareHandle(bytes);
    readBytes = (share) => {
      if (share.#bytes === null) throw new CryptoError("E_CRYPTO_DESTROYED");
      return share.#bytes;
    };
  }

  /** What the manifest says of the share. */
  commitment(salt: Uint8Array): Uint8Array {
    return shareCommitment(salt, readBytes(this));
  }

  /** Whether this is the share committed to; in constant time. */
  matches(salt: Uint8Array, commitment: Uint8Array): boolean {
    const own = this.commitment(salt);
    return own.byteLength === commitment.byteLength && timingSafeEqual(own, commitment);
  }

  /** What only a holder of the share can answer to a drill's nonce. */
  drillAnswer(nonce: Uint8Array): Uint8Array {
    return drillAnswer(nonce, readBytes(this));
  }

  /** Wipes the share. */
  zeroize(): void {
    this.#bytes?.fill(0);
    this.#bytes = null;
  }

  /** What `JSON.stringify` and logs see. */
  toJSON(): { share: number } {
    return { share: this.index };
  }
}

/** The share as it travels, number first. Inside this package only (egress): never exported by index.ts. */
export function shareBytesOf(share: ShareHandle): Buffer {
  return readBytes(share);
}

/** Splits a backup's key. @throws {@link CryptoError} `E_CRYPTO_INPUT` for numbers that do not go */
export function splitBackupKey(key: BackupKey, threshold: Threshold): ShareHandle[] {
  return shareBytes(GF_2_8, backupSecretOf(key), threshold).map(({ index, bytes }) => {
    const travelling = Buffer.concat([Buffer.of(index), bytes]);
    bytes.fill(0);
    return construct(travelling);
  });
}

/**
 * Opens a share that was sealed to this recipient for exactly this purpose.
 *
 * @param info - Canonical bytes of what the share belongs to and is sent for.
 * @throws {@link CryptoError} `E_DECRYPT` for all that does not open, without saying why
 */
export async function openShare(
  recipient: RecipientHandle,
  sealed: HpkeSealed,
  info: Uint8Array,
): Promise<ShareHandle> {
  const bytes = await hpkeOpen(recipient, sealed, info, NO_AAD);
  if (bytes.byteLength === TRAVELLING_BYTES && bytes.readUInt8(0) > 0) return construct(bytes);
  bytes.fill(0);
  throw new CryptoError("E_DECRYPT");
}

/**
 * Gives a backup's key back from its shares. Shares of other splits give a key that opens nothing: compare each with its
 * commitment before.
 *
 * @throws {@link CryptoError} `E_CRYPTO_INPUT` for shares that are the same one
 */
export function joinShares(shares: readonly ShareHandle[]): BackupKey {
  const parts: Share[] = shares.map((share) => ({ index: share.index, bytes: readBytes(share).subarray(1) }));
  return takeBackupKey(joinBytes(GF_2_8, parts));
}
