import { decodeBase32, encodeBase32 } from "@holdfast/protocol";

const UUID_V8 = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/**
 * A key's id as protocols write it that know UUIDs only: version 8 over the same 16 bytes.
 *
 * Six of its bits say what kind of UUID it is, so it names a key by the other 122.
 *
 * @see RFC 9562 section 5.8
 */
export function uuidOfKeyId(keyId: string): string {
  const bytes = Buffer.from(decodeBase32(keyId.slice(2)));
  bytes[6] = 0x80 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** The 64 key ids that a UUID may stand for, of which at most one was ever made; null for what is no such UUID. */
export function keyIdsOfUuid(uuid: string): string[] | null {
  const text = uuid.toLowerCase();
  if (!UUID_V8.test(text)) return null;
  const bytes = Buffer.from(text.replaceAll("-", ""), "hex");
  const [low = 0, high = 0] = [bytes[6], bytes[8]];
  const ids: string[] = [];
  for (let bits = 0; bits < 64; bits += 1) {
    bytes[6] = ((bits & 0x0f) << 4) | (low & 0x0f);
    bytes[8] = ((bits >> 4) << 6) | (high & 0x3f);
    ids.push(`k_${encodeBase32(bytes)}`);
  }
  return ids;
}
