import { createHash, type KeyObject, randomBytes } from "node:crypto";
import { bmpBytes, NULL, octets, oid, sequence } from "./der.ts";

/** What a JKS file holds. */
export interface JksContent {
  readonly password: string;
  /** The private key with its certificate, DER; none in a store of trusted certificates only. */
  readonly identity: { readonly alias: string; readonly key: KeyObject; readonly chain: readonly Uint8Array[] } | null;
  readonly trusted: readonly { readonly alias: string; readonly certificate: Uint8Array }[];
}

const MAGIC = 0xfeedfeed;
const VERSION = 2;
const PRIVATE_KEY = 1;
const TRUSTED = 2;
const KEY_PROTECTOR = "1.3.6.1.4.1.42.2.17.1.1";
const WHITENER = "Mighty Aphrodite";

/**
 * Writes a Java key store of the old form, which every Java reads.
 *
 * Its protection of the private key is a keystream of SHA-1: it keeps nobody out who has the file. What protects the key
 * is the file's permissions; where the product takes PKCS#12, that is the better form.
 */
export function encodeJks({ password, identity, trusted }: JksContent): Buffer {
  const entries: Buffer[] = [];
  const now = Buffer.alloc(8);
  now.writeBigUInt64BE(BigInt(Date.now()));
  if (identity !== null) {
    const { alias, key, chain } = identity;
    const protectedKey = protect(key.export({ format: "der", type: "pkcs8" }), password);
    entries.push(number(PRIVATE_KEY), text(alias), now, sized(protectedKey), number(chain.length), ...chain.map(x509));
  }
  for (const { alias, certificate } of trusted) entries.push(number(TRUSTED), text(alias), now, x509(certificate));
  const count = trusted.length + (identity === null ? 0 : 1);
  const content = Buffer.concat([number(MAGIC), number(VERSION), number(count), ...entries]);
  const seal = createHash("sha1").update(bmpBytes(password)).update(WHITENER).update(content).digest();
  return Buffer.concat([content, seal]);
}

/** Java's own protection of a private key: salt, key XOR keystream, check. */
function protect(key: Buffer, password: string): Buffer {
  const secret = bmpBytes(password);
  const salt = randomBytes(20);
  const hidden = Buffer.alloc(key.length);
  let block: Buffer = salt;
  for (let at = 0; at < key.length; at += 1) {
    if (at % 20 === 0) block = createHash("sha1").update(secret).update(block).digest();
    hidden[at] = (key[at] ?? 0) ^ (block[at % 20] ?? 0);
  }
  const check = createHash("sha1").update(secret).update(key).digest();
  return sequence(sequence(oid(KEY_PROTECTOR), NULL), octets(Buffer.concat([salt, hidden, check])));
}

function x509(certificate: Uint8Array): Buffer {
  return Buffer.concat([text("X.509"), sized(certificate)]);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function sized(bytes: Uint8Array): Buffer {
  return Buffer.concat([number(bytes.length), bytes]);
}

/** Java's form of a short text, ASCII only. */
function text(value: string): Buffer {
  const bytes = Buffer.alloc(2 + value.length);
  bytes.writeUInt16BE(value.length);
  bytes.write(value, 2, "latin1");
  return bytes;
}
