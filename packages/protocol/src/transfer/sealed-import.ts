import type { CanonicalObject } from "../canonical/canonical-value.ts";
import { encodeCanonical } from "../canonical/encode-canonical.ts";
import { documentCodec } from "../schema/document.ts";
import { aid, base64urlBytes, hash, p256Point, tid } from "../schema/fields.ts";
import { array, type Infer, integer, literal, object, optional, word } from "../schema/schema.ts";
import {
  type ImportedKey,
  importedKeySchema,
  MAX_IMPORTED_KEYS,
  MAX_IMPORTED_VERSIONS,
  TRANSFER_FORMS,
} from "./imported-key.ts";

/** Largest sealed import. */
export const MAX_SEALED_BYTES = 16 * 1024 * 1024;
/** Largest ciphertext of one version. */
export const MAX_PART_BYTES = 65_536 + 1024;

const part = object({
  version: integer(1, 0xffffffff),
  /** Encapsulated key, of HPKE only. */
  enc: optional(p256Point),
  ct: base64urlBytes(1, MAX_PART_BYTES),
});

const sealed = object({
  typ: literal("sealed"),
  ver: literal(1),
  tid,
  aid,
  importId: hash,
  form: word(...TRANSFER_FORMS),
  items: array(object({ key: importedKeySchema, parts: array(part, 1, MAX_IMPORTED_VERSIONS) }), 1, MAX_IMPORTED_KEYS),
});

/** Keys sealed to an import's one-time key, with what is said of them. It is not signed: its words are compared. */
export type SealedImport = Infer<typeof sealed>;

const codec = documentCodec("sealed", sealed, MAX_SEALED_BYTES);

/** Reads a sealed import's bytes. @throws {@link ProtocolError} `E_LIMIT`, `E_CANON`, `E_UNSUPPORTED`, `E_SCHEMA` */
export const parseSealedImport = codec.parse;

/** Encodes a sealed import; `docHash("sealed", bytes)` is what a command names it by. @throws {@link ProtocolError} `E_SCHEMA`, `E_LIMIT` */
export const encodeSealedImport = codec.encode;

/** What HPKE authenticates beside one version of a key: all that is said of it, and the number. */
export function importedAad(key: ImportedKey, version: number): Uint8Array<ArrayBuffer> {
  return encodeCanonical({ key: key as unknown as CanonicalObject, version });
}
