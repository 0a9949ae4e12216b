import { attributeTitled } from "../../attributes/attribute-table.ts";
import { type TagName, tagName, tagNamed } from "../../tags/names.ts";
import { TAG } from "../../tags/tag-table.ts";
import { type Ttlv, TYPE } from "../ttlv.ts";

/** The tag an element's name or `tag` attribute means, or null: a name of the specification, or 0x and six digits. */
export function tagFromText(text: string): number | null {
  if (!/^0x[0-9A-Fa-f]{6}$/.test(text)) return tagNamed(text);
  const tag = Number(text);
  return tag >>> 16 === 0x42 || tag >>> 16 === 0x54 ? tag : null;
}

/** A tag that has no name, as text. */
export function tagText(tag: number): string {
  return tagName(tag) ?? `0x${tag.toString(16).padStart(6, "0")}`;
}

/** An Attribute has its name before index and value; to look no further keeps reading linear. */
const NAME_AMONG_FIRST = 3;

/**
 * The tag whose enumeration or mask the value of an item is named by: its own, but for an Attribute Value of 1.x that of
 * the attribute named before it.
 */
export function namingTag(tag: number, before: readonly Ttlv[]): TagName | null {
  if (tag !== TAG.AttributeValue) return tagName(tag);
  const title = before.slice(0, NAME_AMONG_FIRST).find((item) => item.tag === TAG.AttributeName);
  return title?.type === TYPE.TextString ? attributeTitled(title.value) : null;
}
