import { KmipError } from "../../errors.ts";
import { type TagName, tagName } from "../../tags/names.ts";
import { namingTag, tagText } from "../text/naming.ts";
import { textFromItem } from "../text/value-text.ts";
import { type Ttlv, TYPE, type TypeName } from "../ttlv.ts";
import { isXmlText } from "./xml-elements.ts";

const typeNames = new Map<number, TypeName>((Object.keys(TYPE) as TypeName[]).map((name) => [TYPE[name], name]));

/** The name of an item type in XML and JSON. */
export function typeName(type: number): TypeName {
  return typeNames.get(type) ?? "Structure";
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\t": "&#9;",
  "\n": "&#10;",
  "\r": "&#13;",
};

function attributeText(text: string): string {
  if (!isXmlText(text)) throw new KmipError("E_KMIP_ENCODE", "a text has characters that XML does not have");
  return text.replace(/[&<>"\t\n\r]/g, (character) => ESCAPES[character] ?? "");
}

function write(item: Ttlv, naming: TagName | null, indent: string, lines: string[]): void {
  const known = tagName(item.tag);
  const element = known ?? "TTLV";
  const open = `${indent}<${element}${known ? "" : ` tag="${tagText(item.tag)}"`}`;
  if (item.type !== TYPE.Structure) {
    lines.push(`${open} type="${typeName(item.type)}" value="${attributeText(textFromItem(item, naming, " "))}"/>`);
  } else if (item.value.length === 0) {
    lines.push(`${open}/>`);
  } else {
    lines.push(`${open}>`);
    for (const [place, child] of item.value.entries()) {
      write(child, namingTag(child.tag, item.value, place), `${indent}  `, lines);
    }
    lines.push(`${indent}</${element}>`);
  }
}

/**
 * Writes an item in KMIP's XML encoding, one element a line.
 *
 * @throws {@link KmipError} `E_KMIP_ENCODE` for a text with characters that XML does not have.
 * @see KMIP Additional Message Encodings 1.0 section 6
 */
export function writeXml(item: Ttlv): string {
  const lines: string[] = [];
  write(item, namingTag(item.tag, []), "", lines);
  return `${lines.join("\n")}\n`;
}
