import { DEFAULT_LIMITS, type Limits } from "../limits.ts";
import { namingTag, tagFromText } from "../text/naming.ts";
import { badText, itemFromText } from "../text/value-text.ts";
import { structure, type Ttlv, TYPE } from "../ttlv.ts";
import { readXmlElements, type XmlElement } from "./xml-elements.ts";

const KNOWN_ATTRIBUTES = new Set(["type", "value", "tag", "name", "xmlns"]);

function tagOf(element: XmlElement): number {
  const { name, attributes } = element;
  for (const attribute of attributes.keys())
    if (!KNOWN_ATTRIBUTES.has(attribute)) badText("an attribute that is not known");
  const stated = name === "TTLV" ? (attributes.get("tag") ?? "") : name;
  return tagFromText(stated) ?? badText("an element that is no tag of KMIP");
}

function itemFrom(element: XmlElement, before: readonly Ttlv[], limits: Limits): Ttlv {
  const tag = tagOf(element);
  const typeName = element.attributes.get("type") ?? "Structure";
  const type = Object.hasOwn(TYPE, typeName)
    ? TYPE[typeName as keyof typeof TYPE]
    : badText("a type that is not known");
  const value = element.attributes.get("value");
  if (type === TYPE.Structure) {
    if (value !== undefined) badText("a structure with a value", { tag });
    const children: Ttlv[] = [];
    for (const child of element.children) children.push(itemFrom(child, children, limits));
    return structure(tag, children);
  }
  if (element.children.length > 0) badText("a value with elements in it", { tag });
  const naming = namingTag(tag, before);
  return itemFromText({ tag, type, naming }, value ?? badText("a value is missing", { tag }), limits);
}

/**
 * Reads an item from KMIP's XML encoding. Limits count characters and elements of the text.
 *
 * Treats `text` as hostile: see `readXmlElements` for what is taken of XML.
 *
 * @throws {@link KmipError} `E_KMIP_TEXT`, `E_KMIP_LIMIT`
 * @see KMIP Additional Message Encodings 1.0 section 6; KMIP Profiles 2.1 section 5.4
 */
export function readXml(text: string, limits: Limits = DEFAULT_LIMITS): Ttlv {
  return itemFrom(readXmlElements(text, limits), [], limits);
}
