import { encodeBase64url } from "../encoding/base64url.ts";
import { utf8 } from "../encoding/bytes.ts";
import { hmacSha256 } from "../encoding/hash.ts";
import { ProtocolError } from "../errors.ts";

/** Bytes of the salt of a committed name. */
export const SALT_BYTES = 16;

/**
 * What a leaf says of a name: HMAC-SHA-256 under a random salt, so that it can be shown later and not guessed before.
 *
 * @param salt - 16 random bytes, kept beside the leaf.
 * @throws {@link ProtocolError} `E_SCHEMA` for a salt of another length
 */
export function nameCommitment(salt: Uint8Array, value: string): string {
  if (salt.length !== SALT_BYTES) throw new ProtocolError("E_SCHEMA", "A salt has 16 bytes.");
  return encodeBase64url(hmacSha256(salt, utf8(value)));
}
