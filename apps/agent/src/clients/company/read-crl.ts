import type { KeyObject } from "node:crypto";
import {
  BOOLEAN,
  DerFault,
  DerReader,
  INTEGER,
  isTime,
  OCTETS,
  OID,
  readTime,
  SEQUENCE,
  serialText,
} from "./der-reader.ts";
import { isSignedBy, readSigned } from "./signed-by.ts";

/** A revocation list as its issuer signed it; nothing of it counts before {@link RevocationList.isSignedBy}. */
export interface RevocationList {
  /** The issuer's name, DER. */
  readonly issuer: Buffer;
  /** Unix seconds. */
  readonly thisUpdate: number;
  /** Unix seconds; null where the issuer does not say when the next one comes. */
  readonly nextUpdate: number | null;
  /** Serial numbers that are revoked or on hold, as {@link serialText} writes them. */
  readonly revoked: ReadonlySet<string>;
  isSignedBy(key: KeyObject): boolean;
}

const AUTHORITY_KEY = "551d23";
const CRL_NUMBER = "551d14";
/** Extensions that change nothing of what a list says. */
const HARMLESS: ReadonlySet<string> = new Set([AUTHORITY_KEY, CRL_NUMBER]);
const EXTENSIONS = 0xa0;
const BLOCK = /-----BEGIN X509 CRL-----([A-Za-z0-9+/=\s]+)-----END X509 CRL-----/;

/**
 * Reads a complete list of one issuer, DER or PEM. A delta, an indirect list or one of a part of the certificates says so
 * in a critical extension: such a list is refused, since it does not say of everybody.
 *
 * @throws {@link DerFault}
 * @see RFC 5280 section 5
 */
export function readCrl(bytes: Buffer): RevocationList {
  const [, base64] = BLOCK.exec(bytes.toString("latin1")) ?? [];
  const outer = DerReader.only(base64 === undefined ? bytes : Buffer.from(base64, "base64"), SEQUENCE);
  const { data, algorithm, signature } = readSigned(outer);
  outer.end();
  const list = DerReader.only(data, SEQUENCE);
  list.find(INTEGER);
  if (!list.take(SEQUENCE).content.equals(algorithm)) throw new DerFault("two algorithms");
  const { whole: issuer } = list.take(SEQUENCE);
  const thisUpdate = readTime(list.next());
  const nextUpdate = isTime(list.tag) ? readTime(list.next()) : null;
  const entries = list.find(SEQUENCE);
  const extensions = list.find(EXTENSIONS);
  list.end();
  if (extensions !== null) checkExtensions(DerReader.only(extensions.content, SEQUENCE));
  const revoked = new Set(entries === null ? [] : readEntries(new DerReader(entries.content)));
  return {
    ...{ issuer, thisUpdate, nextUpdate, revoked },
    isSignedBy: (key) => isSignedBy(key, data, algorithm, signature),
  };
}

function* readEntries(reader: DerReader): Iterable<string> {
  while (reader.more) {
    const entry = reader.into(SEQUENCE);
    yield serialText(entry.take(INTEGER).content);
    readTime(entry.next());
    const extensions = entry.find(SEQUENCE);
    if (extensions !== null) checkExtensions(new DerReader(extensions.content));
  }
}

/** Whatever is critical and unknown may mean anything. @throws {@link DerFault} */
function checkExtensions(reader: DerReader): void {
  while (reader.more) {
    const extension = reader.into(SEQUENCE);
    const id = extension.take(OID).content.toString("hex");
    const critical = extension.find(BOOLEAN) !== null;
    extension.take(OCTETS);
    if (critical && !HARMLESS.has(id)) throw new DerFault("a critical extension that is not known");
  }
}
