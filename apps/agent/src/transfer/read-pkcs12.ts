import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { type DerElement, derElements, derInteger, derOctets, derOid, derParts, derWhole } from "./der-reader.ts";
import { TransferError } from "./errors.ts";
import { type FoundKey, foundPrivateKey } from "./found-key.ts";
import { openPrivateKey } from "./read-pem.ts";

const SEQUENCE = 0x30;
const SET = 0x31;
const TAGGED = 0xa0;
/** Object identifiers as their bytes. */
const DATA = "2a864886f70d010701";
const KEY_BAG = "2a864886f70d010c0a0101";
const SHROUDED_BAG = "2a864886f70d010c0a0102";
const FRIENDLY_NAME = "2a864886f70d010914";
const HASHES: Readonly<Record<string, { name: string; bytes: number; block: number }>> = {
  "2b0e03021a": { name: "sha1", bytes: 20, block: 64 },
  "608648016503040201": { name: "sha256", bytes: 32, block: 64 },
  "608648016503040202": { name: "sha384", bytes: 48, block: 128 },
  "608648016503040203": { name: "sha512", bytes: 64, block: 128 },
};
const MOST_ROUNDS = 10_000_000;

/** Whether DER is a PKCS #12 file: version 3, then content of signed or plain data. */
export function isPkcs12(bytes: Buffer): boolean {
  try {
    const [version, content] = derParts(derWhole(bytes, SEQUENCE), SEQUENCE);
    return derInteger(version) === 3 && content?.tag === SEQUENCE;
  } catch {
    return false;
  }
}

/**
 * The private keys of a PKCS #12 file, after its MAC was verified under the passphrase. Certificates in it are left.
 *
 * @throws {@link TransferError} `E_KEY_PASSPHRASE` when the MAC or a key does not open, `E_KEY_FILE` for another form,
 *   also for a MAC by PBMAC1, and for a file that has none
 * @see RFC 7292
 */
export function readPkcs12(bytes: Buffer, passphrase: string): FoundKey[] {
  const [, content, mac] = derParts(derWhole(bytes, SEQUENCE), SEQUENCE);
  const safe = dataOf(content);
  verifyMac(safe, mac, passphrase);
  const found = derParts(derWhole(safe, SEQUENCE), SEQUENCE).flatMap((info) => {
    const [type] = derParts(info, SEQUENCE);
    // Encrypted content holds certificates; keys stand in bags that are encrypted one by one.
    return derOid(type) === DATA ? bagsOf(info) : [];
  });
  const keys = found.flatMap((bag) => keyIn(bag, passphrase));
  if (keys.length === 0) throw new TransferError("E_KEY_FILE", "The file has no private key in a bag of its own.");
  return keys;
}

function bagsOf(info: DerElement): DerElement[] {
  return derParts(derWhole(dataOf(info), SEQUENCE), SEQUENCE);
}

function dataOf(info: DerElement | undefined): Buffer {
  const [type, tagged] = derParts(info, SEQUENCE);
  if (derOid(type) !== DATA)
    throw new TransferError("E_KEY_FILE", "The file is signed, not protected by a passphrase.");
  return derOctets(derParts(tagged, TAGGED)[0]);
}

function keyIn(bag: DerElement, passphrase: string): FoundKey[] {
  const [type, tagged, attributes] = derParts(bag, SEQUENCE);
  const kind = derOid(type);
  if (kind !== KEY_BAG && kind !== SHROUDED_BAG) return [];
  const [value] = derParts(tagged, TAGGED);
  if (value === undefined) return [];
  const given = { key: value.whole, format: "der", type: "pkcs8" } as const;
  const key = openPrivateKey(given, kind === SHROUDED_BAG ? passphrase : null);
  return [foundPrivateKey(key, nameIn(attributes))];
}

function nameIn(attributes: DerElement | undefined): string | null {
  if (attributes === undefined) return null;
  for (const attribute of derParts(attributes, SET)) {
    const [type, values] = derParts(attribute, SEQUENCE);
    if (derOid(type) !== FRIENDLY_NAME) continue;
    const [value] = derParts(values, SET);
    if (value?.tag === 0x1e) return Buffer.from(value.content).swap16().toString("utf16le");
  }
  return null;
}

function verifyMac(safe: Buffer, element: DerElement | undefined, passphrase: string): void {
  if (element === undefined)
    throw new TransferError("E_KEY_FILE", "The file has no MAC: nothing says that it is whole.");
  const [digestInfo, salt, rounds] = derParts(element, SEQUENCE);
  const [algorithm, digest] = derParts(digestInfo, SEQUENCE);
  const hash = HASHES[derOid(derElements(algorithm?.content ?? Buffer.alloc(0))[0])];
  if (hash === undefined) throw new TransferError("E_KEY_FILE", "The file's MAC is of a kind that is not read.");
  const iterations = rounds === undefined ? 1 : derInteger(rounds);
  if (iterations < 1 || iterations > MOST_ROUNDS) throw new TransferError("E_KEY_FILE", "The file cannot be read.");
  const key = macKey(passphrase, derOctets(salt), iterations, hash);
  const mac = createHmac(hash.name, key).update(safe).digest();
  key.fill(0);
  const given = derOctets(digest);
  if (given.length !== mac.length || !timingSafeEqual(given, mac))
    throw new TransferError("E_KEY_PASSPHRASE", "The passphrase is not the file's, or the file was changed.");
}

/** One block of the key derivation for integrity: ID 3, as long as the hash. @see RFC 7292 appendix B.2 */
function macKey(
  passphrase: string,
  salt: Buffer,
  rounds: number,
  hash: { name: string; bytes: number; block: number },
): Buffer {
  const filled = (bytes: Buffer): Buffer =>
    bytes.length === 0 ? bytes : Buffer.alloc(Math.ceil(bytes.length / hash.block) * hash.block, bytes);
  const secret = Buffer.concat([Buffer.from(passphrase, "utf16le").swap16(), Buffer.alloc(2)]);
  let key: Buffer = Buffer.concat([Buffer.alloc(hash.block, 3), filled(salt), filled(secret)]);
  for (let round = 0; round < rounds; round += 1) key = createHash(hash.name).update(key).digest();
  secret.fill(0);
  return key;
}
