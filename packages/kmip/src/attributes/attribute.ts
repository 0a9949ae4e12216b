import type { Codec, ReadContext } from "../fields/codec.ts";
import { optional, required } from "../fields/field.ts";
import { struct } from "../fields/struct.ts";
import { anyItem, integer, text, wrongType } from "../fields/values.ts";
import { tagName, tagTitle } from "../tags/names.ts";
import { TAG } from "../tags/tag-table.ts";
import { structure, type Ttlv, TYPE } from "../ttlv/ttlv.ts";
import { isVersion2, type KmipVersion } from "../version.ts";
import {
  ATTRIBUTES,
  type AttributeName,
  type AttributeValues,
  attributeTagged,
  attributeTitled,
  hasAttribute,
} from "./attribute-table.ts";

/** An attribute of the specification. `index` tells instances apart in 1.x; 2.x has none. */
export type StandardAttribute<N extends AttributeName = AttributeName> = {
  [K in N]: {
    readonly name: K;
    readonly index?: number | undefined;
    readonly value: AttributeValues[K];
    readonly vendor?: undefined;
  };
}[N];

/**
 * An attribute of a client ("x"), of a server ("y") or of another vendor.
 *
 * `x-Product` of 1.x is vendor `x`, label `Product` here, as it is in 2.x. A name of 1.x that is neither the
 * specification's nor custom, and a tag of 2.x that is no attribute, have the empty vendor: whether that is an error is
 * the server's to say.
 */
export interface VendorAttribute {
  readonly name?: undefined;
  readonly vendor: string;
  readonly label: string;
  readonly index?: number | undefined;
  /** Of any type; its tag means nothing. Absent only where 1.x leaves it out, in Notify for one that was deleted. */
  readonly value?: Ttlv | undefined;
}

/** The one form of an attribute, whichever version it came in. */
export type Attribute = StandardAttribute | VendorAttribute;

const attribute1 = struct({
  attributeName: required(TAG.AttributeName, text),
  attributeIndex: optional(TAG.AttributeIndex, integer),
  attributeValue: optional(TAG.AttributeValue, anyItem),
});

const vendorAttribute2 = struct({
  vendorIdentification: required(TAG.VendorIdentification, text),
  attributeName: required(TAG.AttributeName, text),
  attributeValue: optional(TAG.AttributeValue, anyItem),
});

/** Vendor and label of a name of 1.x that is not the specification's. */
export function splitCustomName(title: string): { readonly vendor: string; readonly label: string } {
  return title.startsWith("x-") || title.startsWith("y-")
    ? { vendor: title.charAt(0), label: title.slice(2) }
    : { vendor: "", label: title };
}

/** The name in 1.x of a vendor's attribute. */
export function customName(vendor: string, label: string): string {
  return vendor === "" ? label : `${vendor}-${label}`;
}

function standard(name: AttributeName, index: number | undefined, item: Ttlv, context: ReadContext): Attribute {
  const value = ATTRIBUTES[name].codec.read(item, context);
  return (index === undefined ? { name, value } : { name, index, value }) as StandardAttribute;
}

/** An `Attribute` structure: of 1.x (name, index, value), or of a vendor in 2.x. */
function readAttributeStructure(item: Ttlv, context: ReadContext): Attribute {
  if (item.type !== TYPE.Structure) wrongType(item);
  if (item.value.some(({ tag }) => tag === TAG.VendorIdentification)) {
    const read = vendorAttribute2.read(item, context);
    return { vendor: read.vendorIdentification, label: read.attributeName, value: read.attributeValue };
  }
  const { attributeName, attributeIndex, attributeValue }: Struct1 = attribute1.read(item, context);
  const name = attributeTitled(attributeName);
  if (name && attributeValue) return standard(name, attributeIndex, attributeValue, context);
  return {
    ...splitCustomName(attributeName),
    ...(attributeIndex !== undefined && { index: attributeIndex }),
    value: attributeValue,
  };
}
type Struct1 = ReturnType<typeof attribute1.read>;

/**
 * Reads an attribute from an item: an `Attribute` structure, or (2.x) the attribute under its own tag.
 *
 * @throws KmipError when the value does not have the attribute's type.
 */
export function readAttribute(item: Ttlv, context: ReadContext): Attribute {
  if (item.tag === TAG.Attribute) return readAttributeStructure(item, context);
  const name = attributeTagged(item.tag);
  if (name) return standard(name, undefined, item, context);
  return { vendor: "", label: tagName(item.tag) ?? `0x${item.tag.toString(16)}`, value: item };
}

/** Whether a message of this version may carry the attribute. */
export function isAttributeOf(version: KmipVersion, { name, vendor }: Attribute): boolean {
  return name !== undefined
    ? hasAttribute(version, name)
    : isVersion2(version) || ["x", "y", ""].includes(vendor ?? "");
}

function write1({ name, vendor, index, ...rest }: Attribute, version: KmipVersion): Ttlv {
  const title = name === undefined ? customName(vendor ?? "", (rest as VendorAttribute).label) : tagTitle(name);
  const attributeValue = valueItem({ name, vendor, ...rest } as Attribute, TAG.AttributeValue, version);
  return attribute1.write(TAG.Attribute, { attributeName: title, attributeIndex: index, attributeValue }, version);
}

function valueItem(attribute: Attribute, tag: number, version: KmipVersion): Ttlv | undefined {
  if (attribute.name === undefined) return attribute.value && { ...attribute.value, tag };
  return (ATTRIBUTES[attribute.name].codec as Codec<unknown>).write(tag, attribute.value, version);
}

function write2(attribute: Attribute, version: KmipVersion): Ttlv {
  if (attribute.name !== undefined) return valueItem(attribute, TAG[attribute.name], version) as Ttlv;
  const { vendor, label, value } = attribute;
  if (vendor === "" && value) return value;
  return vendorAttribute2.write(
    TAG.Attribute,
    { vendorIdentification: vendor, attributeName: label, attributeValue: value },
    version,
  );
}

/** Writes an attribute as its version does: an `Attribute` structure in 1.x, its own tag in 2.x. */
export function writeAttribute(attribute: Attribute, version: KmipVersion): Ttlv {
  return isVersion2(version) ? write2(attribute, version) : write1(attribute, version);
}

/** Writes those of the attributes that the version has into a structure. */
export function writeAttributes(tag: number, attributes: readonly Attribute[], version: KmipVersion): Ttlv {
  return structure(
    tag,
    attributes.filter((each) => isAttributeOf(version, each)).map((each) => writeAttribute(each, version)),
  );
}
