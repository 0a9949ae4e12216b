import type { Codec } from "../fields/codec.ts";
import { optional, required } from "../fields/field.ts";
import { struct } from "../fields/struct.ts";
import { anyItem, enumeration, integer } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";
import { type KeyValue, readKeyValue, writeKeyValue } from "./key-value.ts";
import { type KeyWrappingData, keyWrappingData } from "./key-wrapping.ts";

/**
 * A key as it travels. `keyValue` is absent when the server keeps no material of it (1.2 on), algorithm and length when
 * the format says them or (secret data) there are none.
 *
 * @see KMIP 1.4 section 2.1.3
 */
export interface KeyBlock {
  readonly keyFormatType: number;
  readonly keyCompressionType?: number | undefined;
  readonly keyValue?: KeyValue | undefined;
  readonly cryptographicAlgorithm?: number | undefined;
  readonly cryptographicLength?: number | undefined;
  readonly keyWrappingData?: KeyWrappingData | undefined;
}

const fields = struct({
  keyFormatType: required(TAG.KeyFormatType, enumeration),
  keyCompressionType: optional(TAG.KeyCompressionType, enumeration),
  keyValue: optional(TAG.KeyValue, anyItem),
  cryptographicAlgorithm: optional(TAG.CryptographicAlgorithm, enumeration),
  cryptographicLength: optional(TAG.CryptographicLength, integer),
  keyWrappingData: optional(TAG.KeyWrappingData, keyWrappingData),
});

/** Reads and writes a {@link KeyBlock}. */
export const keyBlock: Codec<KeyBlock> = {
  read: (item, context) => {
    const { keyValue, ...rest } = fields.read(item, context);
    return keyValue ? { ...rest, keyValue: readKeyValue(keyValue, rest.keyFormatType, context) } : rest;
  },
  write: (tag, { keyValue, ...rest }, version) =>
    fields.write(tag, { ...rest, keyValue: keyValue && writeKeyValue(keyValue, version) }, version),
};
