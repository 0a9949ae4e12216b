import { verifyRawSignature } from "../approval/raw-signature.ts";
import { markVerified, type Verified } from "../brand.ts";
import { decodeBase64url } from "../encoding/base64url.ts";
import { docHash } from "../encoding/hash.ts";
import { ProtocolError } from "../errors.ts";
import { deriveAid } from "../ids/derive-ids.ts";
import { documentCodec } from "../schema/document.ts";
import {
  aid,
  base64urlBytes,
  cose,
  hash,
  label,
  p256Point,
  plainId,
  rosterReference,
  tid,
  time,
} from "../schema/fields.ts";
import { array, type Infer, integer, literal, object, optional } from "../schema/schema.ts";
import { custodianRoutes, MOST_CUSTODIANS } from "./custodian.ts";

/** A ciphertext of HPKE with its encapsulated key. */
export const hpkeSealed = object({ enc: p256Point, ct: base64urlBytes(17, 128) });

const manifest = object({
  typ: literal("backup"),
  ver: literal(1),
  tid,
  aid,
  aik: cose,
  made: time,
  nonce: base64urlBytes(16),
  backupTo: p256Point,
  rootCommit: hash,
  roster: rosterReference,
  /** The signed checkpoint of the custody log in the copy: the note's bytes. */
  checkpoint: base64urlBytes(1, 16_384),
  size: integer(),
  keys: integer(),
  /** The root key under the backup's key. */
  root: base64urlBytes(1, 256),
  blob: object({ bytes: integer(), sha256: hash }),
  escrow: object({
    k: integer(1, MOST_CUSTODIANS),
    salt: base64urlBytes(32),
    custodians: array(object({ seat: plainId, label, routes: custodianRoutes, commit: hash }), 1, MOST_CUSTODIANS),
  }),
  /** The backup's key sealed to the recovery file, where that opens backups too. */
  recovery: optional(hpkeSealed),
});

/** What a backup in the full form says about itself, signed by the agent. Public: names of custodians, none of keys. */
export type EscrowedManifest = Infer<typeof manifest>;

const codec = documentCodec("backup", manifest);

/** Reads a manifest. @throws {@link ProtocolError} `E_LIMIT`, `E_CANON`, `E_UNSUPPORTED`, `E_SCHEMA` */
export const parseEscrowedManifest = codec.parse;

/** Encodes a manifest. @throws {@link ProtocolError} `E_SCHEMA`, `E_LIMIT` */
export const encodeEscrowedManifest = codec.encode;

/** The hash that names a backup: in the info of its shares, in releases, drills and the custody log. */
export function backupHash(bytes: Uint8Array): string {
  return docHash("backup", bytes);
}

/**
 * Verifies that the agent a manifest names signed it.
 *
 * Caller must: know besides whether that agent is of the right domain.
 * @throws {@link ProtocolError} `E_SIG`, and as {@link parseEscrowedManifest}
 */
export async function verifyEscrowedManifest(bytes: Uint8Array, sig: string): Promise<Verified<EscrowedManifest>> {
  const read = parseEscrowedManifest(bytes);
  if (deriveAid(decodeBase64url(read.aik)) !== read.aid)
    throw new ProtocolError("E_SIG", "The manifest names another agent than the one whose key it carries.");
  await verifyRawSignature(read.aik, "manifest", backupHash(bytes), sig);
  return markVerified(read);
}
