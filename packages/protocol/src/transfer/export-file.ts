import type { CanonicalObject } from "../canonical/canonical-value.ts";
import { encodeCanonical } from "../canonical/encode-canonical.ts";
import { algorithmName, KEY_USAGES, OBJECT_TYPES } from "../command/key-words.ts";
import { encodeBase64url } from "../encoding/base64url.ts";
import { taggedHash } from "../encoding/hash.ts";
import { KEY_STATES } from "../lifecycle/transitions.ts";
import { documentCodec } from "../schema/document.ts";
import { aid, alias, base64urlBytes, group, hash, keyId, label, p256Point, plainText, tid } from "../schema/fields.ts";
import { array, type Infer, integer, literal, object, optional, set, word } from "../schema/schema.ts";
import { MAX_IMPORTED_KEYS, TRANSFER_FORMS } from "./imported-key.ts";

const MAX_EXPORT_BYTES = 64 * 1024 * 1024;
const MAX_EXPORTED_PART_BYTES = 1024 * 1024 + 4096;
const MAX_VERSIONS = 500;
const versionNumber = integer(1, 0xffffffff);

const exportedKey = object({
  keyId,
  label,
  group,
  type: word(...OBJECT_TYPES),
  algorithm: optional(algorithmName),
  usage: set(word(...KEY_USAGES), 0, KEY_USAGES.length),
  current: versionNumber,
  state: word(...KEY_STATES),
  aliases: optional(array(alias, 1, 100)),
  foreign: optional(array(plainText(1, 256), 1, 10)),
});

const part = object({
  version: versionNumber,
  enc: optional(p256Point),
  ct: base64urlBytes(1, MAX_EXPORTED_PART_BYTES),
});

const file = object({
  typ: literal("export"),
  ver: literal(1),
  tid,
  aid,
  /** Hash of the command that let the keys out. */
  exportId: hash,
  form: word(...TRANSFER_FORMS),
  inside: word("native", "jwk"),
  /** Of the public key that everything is sealed to. */
  recipient: hash,
  items: array(object({ key: exportedKey, parts: array(part, 1, MAX_VERSIONS) }), 1, MAX_IMPORTED_KEYS),
});

/** Keys that left, sealed to one public key. The custody log names it by `docHash("export", bytes)`. */
export type ExportFile = Infer<typeof file>;
/** What is said of a key that left. */
export type ExportedKey = Infer<typeof exportedKey>;

const codec = documentCodec("export", file, MAX_EXPORT_BYTES);

/** Reads an export's bytes. @throws {@link ProtocolError} `E_LIMIT`, `E_CANON`, `E_UNSUPPORTED`, `E_SCHEMA` */
export const parseExport = codec.parse;

/** Encodes an export. @throws {@link ProtocolError} `E_SCHEMA`, `E_LIMIT` */
export const encodeExport = codec.encode;

/** What HPKE binds an exported key to. */
export function exportInfo({
  tid,
  aid,
  exportId,
  recipient,
}: Pick<ExportFile, "tid" | "aid" | "exportId" | "recipient">) {
  return encodeCanonical({ tid, aid, exportId, recipient });
}

/** What HPKE authenticates beside one version of an exported key. */
export function exportAad(key: ExportedKey, version: number): Uint8Array<ArrayBuffer> {
  return encodeCanonical({ key: key as unknown as CanonicalObject, version });
}

/** The hash that names a recipient's public key: of its SubjectPublicKeyInfo. */
export function recipientHash(spki: Uint8Array): string {
  return encodeBase64url(taggedHash("holdfast/recipient/v1", spki));
}
