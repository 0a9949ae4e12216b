import { type Attribute, ENUM, type Ttlv, TYPE } from "@holdfast/kmip";
import { modifyInstance } from "../attributes/change-attribute.ts";
import { valuesOf } from "../attributes/object-attributes.ts";
import { changeAttributes } from "../change-attributes.ts";
import { refuse } from "../refused.ts";
import type { KmipOperation } from "./kmip-operation.ts";

/** Counts an attribute up or down, or turns it around. @see KMIP 2.1 section 6.1.3 */
export const adjustAttribute: KmipOperation<"AdjustAttribute"> = async (context, payload) => {
  const { uniqueIdentifier, attributeReference, adjustmentType, adjustmentValue } = payload;
  const { identifier } = await changeAttributes(context, uniqueIdentifier, (object) => {
    const [present, more] = valuesOf(object, attributeReference, context.version);
    if (present === undefined) refuse("AttributeNotFound", "The object has no such attribute.");
    if (more !== undefined) refuse("MultiValuedAttribute", "The attribute has several values.");
    return modifyInstance(context, object, adjusted(present, adjustmentType, adjustmentValue));
  });
  return { uniqueIdentifier: identifier };
};

function adjusted(attribute: Attribute, type: number, by: Ttlv | undefined): Attribute {
  if (attribute.name !== undefined)
    return { ...attribute, value: adjustedValue(attribute.value, type, by) } as Attribute;
  const { value } = attribute;
  if (value === undefined) refuse("InvalidDataType", "The attribute has no value.");
  return { ...attribute, value: { ...value, value: adjustedValue(value.value, type, by) } as Ttlv };
}

function adjustedValue(value: unknown, type: number, by: Ttlv | undefined): unknown {
  const { Increment, Decrement, Negate } = ENUM.AdjustmentType;
  if (type === Negate) {
    if (typeof value === "boolean") return !value;
    if (typeof value === "bigint") return -value;
    if (typeof value === "number") return 0 - value; // of 0 it is 0: no document holds -0
    refuse("InvalidDataType", "Numbers and Booleans are negated.");
  }
  if (type !== Increment && type !== Decrement) refuse("InvalidField", "There is no such Adjustment Type.");
  const sign = type === Increment ? 1 : -1;
  const step = stepOf(by);
  if (typeof value === "number") return value + sign * step;
  if (typeof value === "bigint") return value + BigInt(sign * step);
  return refuse("InvalidDataType", "Only numbers are counted up and down.");
}

function stepOf(by: Ttlv | undefined): number {
  if (by === undefined) return 1;
  const { type, value } = by;
  if (type === TYPE.Integer || type === TYPE.Interval || type === TYPE.DateTime) return value;
  if (type === TYPE.LongInteger) return Number(value);
  return refuse("InvalidDataType", "An Adjustment Value is a number.");
}
