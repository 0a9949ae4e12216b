import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";

/** The flag bits of authenticator data by their names in Web Authentication. */
export interface FlagKnobs {
  /** Person present. */
  readonly up?: boolean;
  /** Person verified. */
  readonly uv?: boolean;
  /** Backup eligible. */
  readonly be?: boolean;
  /** Backed up. */
  readonly bs?: boolean;
  /** Attested credential follows. */
  readonly at?: boolean;
  /** Extensions follow. */
  readonly ed?: boolean;
}

/** Authenticator data up to the counter, and what follows it. */
export function authenticatorData(rpId: string, flags: FlagKnobs, counter: number, tail: Uint8Array): Uint8Array {
  const { up = true, uv = true, be = false, bs = false, at = false, ed = false } = flags;
  const bits = [up, false, uv, be, bs, false, at, ed].reduce((sum, set, bit) => sum + (set ? 1 << bit : 0), 0);
  const fixed = new Uint8Array(5);
  fixed[0] = bits;
  new DataView(fixed.buffer).setUint32(1, counter);
  return concatBytes(sha256(utf8ToBytes(rpId)), fixed, tail);
}

/** The attested credential of a registration. */
export function attestedCredential(aaguid: Uint8Array, credId: Uint8Array, cose: Uint8Array): Uint8Array {
  return concatBytes(aaguid, Uint8Array.of(credId.length >> 8, credId.length & 255), credId, cose);
}
