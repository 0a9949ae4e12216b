import { createHash, createHmac, type KeyObject, randomBytes } from "node:crypto";
import { bmpBytes, bmpString, type Der, integer, NULL, octets, oid, sequence, set, tagged } from "./der.ts";

/** What a PKCS#12 file holds. */
export interface Pkcs12Content {
  readonly password: string;
  /** Shown by programs that list the file. */
  readonly name: string;
  /** The private key with its certificate, DER; none in a store of trusted certificates only. */
  readonly identity: { readonly key: KeyObject; readonly certificate: Uint8Array } | null;
  /** Certificates of authorities, DER. */
  readonly authorities: readonly Uint8Array[];
}

const DATA = "1.2.840.113549.1.7.1";
const CERTIFICATE_BAG = "1.2.840.113549.1.12.10.1.3";
const SHROUDED_KEY_BAG = "1.2.840.113549.1.12.10.1.2";
const X509 = "1.2.840.113549.1.9.22.1";
const FRIENDLY_NAME = "1.2.840.113549.1.9.20";
const LOCAL_KEY_ID = "1.2.840.113549.1.9.21";
/** Java takes a certificate for trusted only with this attribute. */
const ORACLE_TRUSTED_USAGE = "2.16.840.1.113894.746875.1.1";
const ANY_EXTENDED_USAGE = "2.5.29.37.0";
const SHA256 = "2.16.840.1.101.3.4.2.1";
const MAC_ROUNDS = 10_000;

/**
 * Writes a PKCS#12 file: the key under PBES2 (PBKDF2 with HMAC-SHA-256, AES-256-CBC), certificates in the clear, all under
 * a MAC with SHA-256. OpenSSL 1.1 and newer and Java 8u301 and newer read it.
 *
 * @see RFC 7292
 */
export function encodePkcs12({ password, name, identity, authorities }: Pkcs12Content): Buffer {
  const bags: Der[] = [];
  if (identity !== null) {
    const id = attribute(LOCAL_KEY_ID, octets(createHash("sha256").update(identity.certificate).digest()));
    const both = [attribute(FRIENDLY_NAME, bmpString(name)), id];
    const shrouded = identity.key.export({ format: "der", type: "pkcs8", cipher: "aes-256-cbc", passphrase: password });
    bags.push(bag(SHROUDED_KEY_BAG, shrouded, both), certificateBag(identity.certificate, both));
  }
  for (const [index, each] of authorities.entries()) {
    const called = attribute(FRIENDLY_NAME, bmpString(index === 0 ? "ca" : `ca ${index + 1}`));
    const trusted = attribute(ORACLE_TRUSTED_USAGE, oid(ANY_EXTENDED_USAGE));
    bags.push(certificateBag(each, identity === null ? [called, trusted] : [called]));
  }
  const safe = sequence(contentInfo(sequence(...bags)));
  return sequence(integer(3), contentInfo(safe), macOf(safe, password));
}

function contentInfo(content: Uint8Array): Der {
  return sequence(oid(DATA), tagged(octets(content)));
}

function bag(type: string, value: Uint8Array, attributes: readonly Der[]): Der {
  return sequence(oid(type), tagged(value), set(...attributes));
}

function certificateBag(certificate: Uint8Array, attributes: readonly Der[]): Der {
  return bag(CERTIFICATE_BAG, sequence(oid(X509), tagged(octets(certificate))), attributes);
}

function attribute(type: string, value: Uint8Array): Der {
  return sequence(oid(type), set(value));
}

function macOf(content: Uint8Array, password: string): Der {
  const salt = randomBytes(16);
  const mac = createHmac("sha256", macKey(password, salt)).update(content).digest();
  return sequence(sequence(sequence(oid(SHA256), NULL), octets(mac)), octets(salt), integer(MAC_ROUNDS));
}

/** One block of the key derivation for integrity. @see RFC 7292 appendix B.2, with u = 32, v = 64, ID 3 */
function macKey(password: string, salt: Uint8Array): Buffer {
  const filled = (bytes: Uint8Array): Buffer => Buffer.alloc(Math.ceil(bytes.length / 64) * 64, bytes);
  const secret = Buffer.concat([bmpBytes(password), Buffer.alloc(2)]);
  let key: Buffer = Buffer.concat([Buffer.alloc(64, 3), filled(salt), filled(secret)]);
  for (let round = 0; round < MAC_ROUNDS; round += 1) key = createHash("sha256").update(key).digest();
  return key;
}
