import { attributeList } from "../attributes/attribute-fields.ts";
import { optional } from "../fields/field.ts";
import { struct } from "../fields/struct.ts";
import { enumeration, listOf, text } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";

const constraint = struct({
  objectTypes: optional(TAG.ObjectTypes, listOf(TAG.ObjectType, enumeration)),
  objectGroups: optional(TAG.ObjectGroups, listOf(TAG.ObjectGroup, text)),
  attributes: attributeList("optional", TAG.TemplateAttribute, TAG.Attributes),
});

/** Attributes that objects of a type or group must have. @see KMIP 2.1 section 7.7 */
export const constraints = listOf(TAG.Constraint, constraint);
