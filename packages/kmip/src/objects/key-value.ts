import type { Attribute } from "../attributes/attribute.ts";
import { attributesInline } from "../attributes/attribute-fields.ts";
import { KmipError } from "../errors.ts";
import type { ReadContext } from "../fields/codec.ts";
import { optional } from "../fields/field.ts";
import { struct } from "../fields/struct.ts";
import { anyItem, wrongType } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";
import { decodeTtlv } from "../ttlv/decode-ttlv.ts";
import { encodeTtlv } from "../ttlv/encode-ttlv.ts";
import { DEFAULT_LIMITS, type Limits } from "../ttlv/limits.ts";
import { type Ttlv, TYPE } from "../ttlv/ttlv.ts";
import type { KmipVersion } from "../version.ts";
import { readTransparentKey, type TransparentKey, transparentFormat, writeTransparentKey } from "./transparent-key.ts";

/**
 * What a key block holds: the key material, as bytes or as a structure of numbers, with the attributes sent beside it;
 * or the whole of that wrapped, as one byte string.
 *
 * With Encoding Option "No Encoding" only the material is wrapped, and stands here as `material`.
 *
 * @see KMIP 1.4 section 2.1.4
 */
export type KeyValue =
  | {
      readonly material: Uint8Array | TransparentKey | undefined;
      readonly attributes?: readonly Attribute[] | undefined;
      readonly wrapped?: undefined;
    }
  | { readonly wrapped: Uint8Array };

const fields = struct({
  keyMaterial: optional(TAG.KeyMaterial, anyItem),
  attributes: attributesInline("optional"),
});

/** Reads a Key Value; `keyFormatType` says what its material is. */
export function readKeyValue(item: Ttlv, keyFormatType: number, context: ReadContext): KeyValue {
  if (item.type === TYPE.ByteString) return { wrapped: item.value };
  const { keyMaterial, attributes } = fields.read(item, context);
  return {
    material: keyMaterial && readMaterial(keyMaterial, keyFormatType, context),
    ...(attributes && { attributes }),
  };
}

function readMaterial(item: Ttlv, keyFormatType: number, context: ReadContext): Uint8Array | TransparentKey {
  if (item.type === TYPE.ByteString) return item.value;
  const format = transparentFormat(keyFormatType);
  return format && item.type === TYPE.Structure ? readTransparentKey(format, item, context) : wrongType(item);
}

/** Writes a Key Value. */
export function writeKeyValue(value: KeyValue, version: KmipVersion): Ttlv {
  if (value.wrapped) return { tag: TAG.KeyValue, type: TYPE.ByteString, value: value.wrapped };
  const { material, attributes } = value;
  const keyMaterial: Ttlv | undefined =
    material instanceof Uint8Array
      ? { tag: TAG.KeyMaterial, type: TYPE.ByteString, value: material }
      : material && writeTransparentKey(material, version);
  return fields.write(TAG.KeyValue, { keyMaterial, attributes }, version);
}

/**
 * The bytes of a Key Value that wrapping with TTLV encoding encrypts.
 *
 * @see KMIP 1.4 section 2.1.5, Encoding Option
 */
export function encodeKeyValue(value: KeyValue, version: KmipVersion): Buffer {
  return encodeTtlv(writeKeyValue(value, version));
}

/**
 * The Key Value in bytes that were unwrapped with TTLV encoding.
 *
 * @throws KmipError `E_KMIP_TTLV`, `E_KMIP_LIMIT`, `E_KMIP_FIELD`, `E_KMIP_TYPE`
 */
export function decodeKeyValue(
  bytes: Uint8Array,
  keyFormatType: number,
  version: KmipVersion,
  limits: Limits = DEFAULT_LIMITS,
): KeyValue {
  const item = decodeTtlv(bytes, limits);
  if (item.tag !== TAG.KeyValue) throw new KmipError("E_KMIP_FIELD", "not a key value", { tag: item.tag });
  return readKeyValue(item, keyFormatType, { version, unknownFields: "refuse" });
}
