import { KmipError } from "../errors.ts";
import type { ReadContext } from "../fields/codec.ts";
import {
  duplicate,
  type Field,
  neededUntil2,
  optional,
  type Presence,
  renamed,
  repeated,
  required,
} from "../fields/field.ts";
import { wrongType } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";
import { structure, type Ttlv, TYPE } from "../ttlv/ttlv.ts";
import { isVersion2, versionMask } from "../version.ts";
import { type Attribute, isAttributeOf, readAttribute, writeAttribute, writeAttributes } from "./attribute.ts";
import { type AttributeReference, attributeNameReference, attributeReference } from "./attribute-reference.ts";

// How lists of attributes stand in messages: Template-Attribute, Attribute or Attribute Name in 1.x; Attributes, New
// Attribute or Attribute Reference from 2.0 on. Payloads name the field once and never see the difference.

/** The attributes inside a structure of them. */
function inside(item: Ttlv, context: ReadContext): readonly Attribute[] {
  if (item.type !== TYPE.Structure) wrongType(item);
  return item.value.map((each) => readAttribute(each, context));
}

/** The attributes inside a Template-Attribute, in which a bare `Name` is the name of a template. */
function insideTemplate(item: Ttlv, context: ReadContext): readonly Attribute[] {
  if (item.type !== TYPE.Structure) wrongType(item);
  return item.value.map((each) =>
    each.tag === TAG.Name ? { vendor: "", label: "Template", value: each } : readAttribute(each, context),
  );
}

/**
 * The attributes of an object to be made, or of one that was: one structure, with a tag for 1.x and one for 2.x.
 *
 * Names of templates, which 2.0 took away, read as an attribute of no vendor labelled `Template`. Without a tag for 2.x
 * the field does not exist there.
 */
export function attributeList<P extends Presence>(
  presence: P,
  tag1: number,
  tag2: number | null,
): Field<readonly Attribute[], P> {
  const versions = versionMask("1.0", tag2 === null ? "1.4" : "2.1");
  return {
    tags: tag2 === null ? [tag1] : [tag1, tag2],
    presence,
    versions,
    needed: presence === "required" ? versions : 0,
    take: (before, item, context) => {
      if (before !== undefined) duplicate(item);
      return item.tag === tag1 ? insideTemplate(item, context) : inside(item, context);
    },
    put: (attributes, version, items) => {
      items.push(writeAttributes(isVersion2(version) && tag2 !== null ? tag2 : tag1, attributes, version));
    },
  };
}

/**
 * Attributes one after the other in the payload itself (1.x), or in an `Attributes` structure (2.x).
 *
 * FortiGate puts a Template-Attribute with a bare `Name` in its Locate, and means the attribute: so it is read.
 */
export function attributesInline<P extends Presence>(presence: P): Field<readonly Attribute[], P> {
  return {
    tags: [TAG.Attribute, TAG.Attributes, TAG.TemplateAttribute],
    presence,
    versions: versionMask(),
    needed: presence === "required" ? versionMask() : 0,
    take: (before, item, context) => {
      const attributes = (before ?? []) as Attribute[];
      if (item.tag === TAG.Attribute) attributes.push(readAttribute(item, context));
      else for (const each of inside(item, context)) attributes.push(each);
      return attributes;
    },
    put: (attributes, version, items) => {
      const written = attributes
        .filter((each) => isAttributeOf(version, each))
        .map((each) => writeAttribute(each, version));
      if (isVersion2(version)) items.push(structure(TAG.Attributes, written));
      else items.push(...written);
    },
  };
}

/** Exactly one attribute: an `Attribute` structure in 1.x, inside another structure in 2.x. */
export function oneAttribute<P extends Presence>(
  presence: P,
  tag1: number | null,
  tag2: number | null,
): Field<Attribute, P> {
  const versions = (tag1 === null ? 0 : versionMask("1.0", "1.4")) | (tag2 === null ? 0 : versionMask("2.0"));
  return {
    tags: [tag1, tag2].filter((tag) => tag !== null),
    presence,
    versions,
    needed: presence === "required" ? versions : 0,
    take: (before, item, context) => {
      if (before !== undefined) duplicate(item);
      if (item.tag === tag1) return readAttribute(item, context);
      const [only, more] = inside(item, context);
      if (!only || more) throw new KmipError("E_KMIP_FIELD", "not exactly one attribute", { tag: item.tag });
      return only;
    },
    put: (attribute, version, items) => {
      const written = writeAttribute(attribute, version);
      items.push(isVersion2(version) && tag2 !== null ? structure(tag2, [written]) : written);
    },
  };
}

/** The attribute that a response of 1.x repeats, and one of 2.x does not. */
export const echoedAttribute: Field<Attribute, "optional"> = neededUntil2(
  oneAttribute("optional", TAG.Attribute, null),
);

/** Names of attributes, any number: `Attribute Name` in 1.x, `Attribute Reference` in 2.x. */
export const attributeReferences: Field<readonly AttributeReference[], "optional"> = renamed(
  repeated(TAG.AttributeName, attributeNameReference, { until: "1.4" }),
  repeated(TAG.AttributeReference, attributeReference, { since: "2.0" }),
);

/** One name of an attribute that 1.x must give and 2.x may. */
export const oneAttributeReference: Field<AttributeReference, "optional"> = neededUntil2(
  renamed(
    optional(TAG.AttributeName, attributeNameReference, { until: "1.4" }),
    optional(TAG.AttributeReference, attributeReference, { since: "2.0" }),
  ),
);

/** One name of an attribute, of 2.x only. */
export const requiredAttributeReference: Field<AttributeReference, "required"> = required(
  TAG.AttributeReference,
  attributeReference,
  { since: "2.0" },
);
