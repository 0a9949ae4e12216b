import type { Canonical } from "../brand.ts";
import { type CanonicalObject, MAX_DOCUMENT_BYTES } from "../canonical/canonical-value.ts";
import { encodeCanonical } from "../canonical/encode-canonical.ts";
import type { KnownParts } from "../canonical/known-parts.ts";
import { parseCanonical } from "../canonical/parse-canonical.ts";
import { ProtocolError } from "../errors.ts";
import type { Schema } from "./schema.ts";

/** How one kind of signed document is read and written. */
export interface DocumentCodec<T> {
  /** @throws {@link ProtocolError} `E_LIMIT`, `E_CANON`, `E_UNSUPPORTED`, `E_SCHEMA` */
  parse(bytes: Uint8Array): T;
  /** Encodes what it would also read. @throws {@link ProtocolError} as `parse` */
  encode(document: T): Canonical<T>;
}

/**
 * Makes the codec of a kind of document. Bytes are read and written by one schema, so they cannot drift apart.
 *
 * @param parts - Remembers parts of documents of which the next have most.
 */
export function documentCodec<T>(
  typ: string,
  schema: Schema<T>,
  maxBytes: number = MAX_DOCUMENT_BYTES,
  parts: KnownParts | null = null,
): DocumentCodec<T> {
  const read = (value: Readonly<Record<string, unknown>>): T => {
    if (value["typ"] !== typ || value["ver"] !== 1) {
      throw new ProtocolError("E_UNSUPPORTED", `The document is not a "${typ}" of version 1.`);
    }
    return schema.read(value, typ);
  };
  return {
    parse: (bytes) => read(parseCanonical(bytes, maxBytes, parts)),
    encode(document) {
      const bytes = encodeCanonical(read(document as Readonly<Record<string, unknown>>) as CanonicalObject);
      if (bytes.length > maxBytes) {
        throw new ProtocolError("E_LIMIT", "The document is too large.", { size: bytes.length, most: maxBytes });
      }
      return bytes as Canonical<T>;
    },
  };
}
