import { utf8 } from "../encoding/bytes.ts";
import { taggedHash } from "../encoding/hash.ts";

/**
 * What a manifest says of a share: nobody without the share can make it, and it tells nothing of it.
 *
 * @param share - As it travels: its number in one byte, then 32 bytes.
 */
export function shareCommitment(salt: Uint8Array, share: Uint8Array): Uint8Array<ArrayBuffer> {
  return taggedHash("holdfast/share/v1", salt, share);
}

/** What a holder of the share answers to a drill's nonce, which was never shown before that drill. */
export function drillAnswer(nonce: Uint8Array, share: Uint8Array): Uint8Array<ArrayBuffer> {
  return taggedHash("holdfast/drill/v1", nonce, share);
}

/** The salt with which a passkey makes a custodian's seed. It is of one seat in one domain. */
export function passkeySalt(tid: string, seat: string): Uint8Array<ArrayBuffer> {
  return taggedHash("holdfast/escrow/v1", utf8(tid), utf8(seat));
}
