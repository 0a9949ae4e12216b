import { equalBytes, utf8 } from "../encoding/bytes.ts";
import { sha256 } from "../encoding/hash.ts";
import { ProtocolError } from "../errors.ts";

/** Bytes of authenticator data without attested credential and extensions. */
export const ASSERTION_DATA_BYTES = 37;

/** The flags of authenticator data. */
export interface AuthenticatorFlags {
  readonly backupEligible: boolean;
  readonly backedUp: boolean;
  /** An attested credential follows. */
  readonly attested: boolean;
  /** Extension data follows. */
  readonly extended: boolean;
  readonly signCount: number;
}

const FLAG = {
  present: 0x01,
  verified: 0x04,
  backupEligible: 0x08,
  backedUp: 0x10,
  attested: 0x40,
  extended: 0x80,
} as const;

/**
 * Checks the fixed part of authenticator data: for which RP ID, and that the person was present and verified.
 *
 * @throws {@link ProtocolError} `E_ASSERT_RPID`, `E_ASSERT_UV`, `E_ASSERT_BACKUP` (backed up, but said not to be able to)
 * @see Web Authentication Level 3 section 6.1
 */
export function checkAuthenticatorData(bytes: Uint8Array, rpId: string): AuthenticatorFlags {
  if (bytes.length < ASSERTION_DATA_BYTES || !equalBytes(bytes.subarray(0, 32), nameHash(rpId))) {
    throw new ProtocolError("E_ASSERT_RPID", "The passkey belongs to another name than the one expected.");
  }
  const flags = bytes[32] ?? 0;
  if ((flags & FLAG.present) === 0 || (flags & FLAG.verified) === 0) {
    throw new ProtocolError("E_ASSERT_UV", "The passkey was used without verifying its person.");
  }
  const backupEligible = (flags & FLAG.backupEligible) !== 0;
  const backedUp = (flags & FLAG.backedUp) !== 0;
  if (backedUp && !backupEligible) {
    throw new ProtocolError("E_ASSERT_BACKUP", "The passkey says that it is copied and that it cannot be.");
  }
  return {
    backupEligible,
    backedUp,
    attested: (flags & FLAG.attested) !== 0,
    extended: (flags & FLAG.extended) !== 0,
    signCount: new DataView(bytes.buffer, bytes.byteOffset).getUint32(33),
  };
}

const MOST_NAMES = 64;
const nameHashes = new Map<string, Uint8Array>();

/** SHA-256 of an RP ID. A domain has one or two, again and again. */
function nameHash(rpId: string): Uint8Array {
  const known = nameHashes.get(rpId);
  if (known !== undefined) return known;
  const hash = sha256(utf8(rpId));
  if (nameHashes.size < MOST_NAMES) nameHashes.set(rpId, hash);
  return hash;
}
