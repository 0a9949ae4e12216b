import { decodeBase64url } from "./base64url.ts";
import { hexText } from "./bytes.ts";
import { sha256 } from "./hash.ts";

/** Half of a SHA-256: nobody finds other bytes to it, and people can still compare it. */
const SHOWN_BYTES = 16;

/**
 * How people tell one key or certificate from another: the first half of its SHA-256 as `openssl x509 -fingerprint`
 * prints it, in groups of four: "SHA-256 0A1B 2C3D ……".
 *
 * @param text - Its bytes, base64url.
 */
export function fingerprintText(text: string): string {
  const hex = hexText(sha256(decodeBase64url(text)).subarray(0, SHOWN_BYTES)).toUpperCase();
  return `SHA-256 ${(hex.match(/.{4}/g) ?? []).join(" ")}…`;
}
