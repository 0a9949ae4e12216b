import type { Codec } from "../fields/codec.ts";
import { required } from "../fields/field.ts";
import { struct } from "../fields/struct.ts";
import { text, wrongType } from "../fields/values.ts";
import { tagName, tagNamed, tagTitle } from "../tags/names.ts";
import { TAG } from "../tags/tag-table.ts";
import { TYPE } from "../ttlv/ttlv.ts";
import { customName, splitCustomName } from "./attribute.ts";
import { type AttributeName, attributeTagged, attributeTitled } from "./attribute-table.ts";

/** Which attribute is meant, without a value: one of the specification, or a vendor's. */
export type AttributeReference =
  | { readonly name: AttributeName; readonly vendor?: undefined }
  | { readonly name?: undefined; readonly vendor: string; readonly label: string };

/** An `Attribute Name` of 1.x. */
export const attributeNameReference: Codec<AttributeReference> = {
  read: (item) => {
    if (item.type !== TYPE.TextString) wrongType(item);
    const name = attributeTitled(item.value);
    return name ? { name } : splitCustomName(item.value);
  },
  write: (tag, reference) => ({
    tag,
    type: TYPE.TextString,
    value: reference.name === undefined ? customName(reference.vendor, reference.label) : tagTitle(reference.name),
  }),
};

const vendorReference = struct({
  vendorIdentification: required(TAG.VendorIdentification, text),
  attributeName: required(TAG.AttributeName, text),
});

/** An `Attribute Reference` of 2.x: the tag as an enumeration, or vendor and name. @see KMIP 2.1 section 7.4 */
export const attributeReference: Codec<AttributeReference> = {
  read: (item, context) => {
    if (item.type === TYPE.Enumeration) {
      const name = attributeTagged(item.value);
      return name ? { name } : { vendor: "", label: tagName(item.value) ?? `0x${item.value.toString(16)}` };
    }
    const { vendorIdentification, attributeName } = vendorReference.read(item, context);
    return { vendor: vendorIdentification, label: attributeName };
  },
  write: (tag, reference, version) => {
    if (reference.name !== undefined) return { tag, type: TYPE.Enumeration, value: TAG[reference.name] };
    const { vendor, label } = reference;
    const known = vendor === "" ? (tagNamed(label) ?? (/^0x[0-9a-f]+$/.test(label) ? Number(label) : null)) : null;
    if (known !== null) return { tag, type: TYPE.Enumeration, value: known };
    return vendorReference.write(tag, { vendorIdentification: vendor, attributeName: label }, version);
  },
};
