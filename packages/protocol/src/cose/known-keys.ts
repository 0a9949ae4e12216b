import { decodeBase64url } from "../encoding/base64url.ts";
import { ownText } from "../encoding/bytes.ts";
import { type CoseKey, parseCoseKey } from "./cose-key.ts";

/** Most keys that are remembered: more than a roster's, few enough that strangers' keys fill no memory. */
const MOST_KNOWN = 1024;
const keys = new Map<string, CoseKey>();

/**
 * Reads a COSE_Key in base64url. One that was read before is the same object: every link of a chain names most keys of the
 * one before, and few people sign again and again.
 *
 * @throws {@link ProtocolError} `E_CANON`
 */
export function coseKeyOf(cose: string): CoseKey {
  const known = keys.get(cose);
  if (known !== undefined) return known;
  const key = parseCoseKey(decodeBase64url(cose));
  if (keys.size >= MOST_KNOWN) keys.clear();
  keys.set(ownText(cose), key);
  return key;
}
