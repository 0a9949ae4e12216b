import { attributeList } from "../attributes/attribute-fields.ts";
import { optional, repeated } from "../fields/field.ts";
import { struct } from "../fields/struct.ts";
import { enumeration, listOf, text } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";

const objectDefaults = struct({
  objectType: repeated(TAG.ObjectType, enumeration),
  objectTypes: optional(TAG.ObjectTypes, listOf(TAG.ObjectType, enumeration), { since: "2.1" }),
  objectGroups: optional(TAG.ObjectGroups, listOf(TAG.ObjectGroup, text), { since: "2.1" }),
  attributes: attributeList("required", TAG.TemplateAttribute, TAG.Attributes),
});

/** Attributes that objects of a type or group get by default. @see KMIP 2.1 section 7.9 */
export const defaultsInformation = listOf(TAG.ObjectDefaults, objectDefaults);
