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

/** An Attribute has its name before index and value; to look no further keeps reading and writing linear. */
const NAME_AMONG_FIRST = 3;

/**
 * The tag whose enumeration or mask the value of an item is named by: its own, but for an Attribute Value of 1.x that of
 * the attribute named before it.
 *
 * @param siblings - The items of the structure it stands in, of which those before `place` count.
 */
export function namingTag(tag: number, siblings: readonly Ttlv[], place = siblings.length): TagName | null {
  if (tag !== TAG.AttributeValue) return tagName(tag);
  const title = siblings.slice(0, Math.min(place, NAME_AMONG_FIRST)).find((item) => item.tag === TAG.AttributeName);
  return title?.type === TYPE.TextString ? attributeTitled(title.value) : null;
}
