import type { TagName } from "../../tags/names.ts";
import { namingTag, tagText } from "../text/naming.ts";
import { textFromItem } from "../text/value-text.ts";
import { type Ttlv, TYPE } from "../ttlv.ts";
import { typeName } from "../xml/write-xml.ts";

interface JsonItem {
  readonly tag: string;
  readonly type: string;
  readonly value: string | number | boolean | readonly JsonItem[];
}

function jsonValue(item: Ttlv, naming: TagName | null): JsonItem["value"] {
  switch (item.type) {
    case TYPE.Structure:
      return item.value.map((child, place) => jsonItem(child, namingTag(child.tag, item.value, place)));
    case TYPE.Boolean:
    case TYPE.Interval:
      return item.value;
    case TYPE.Integer: {
      const text = textFromItem(item, naming, "|");
      return text === String(item.value) ? item.value : text;
    }
    case TYPE.LongInteger: {
      const number = Number(item.value);
      return Number.isSafeInteger(number)
        ? number
        : `0x${BigInt.asUintN(64, item.value).toString(16).padStart(16, "0")}`;
    }
    case TYPE.BigInteger:
      return `0x${textFromItem(item, naming, "|")}`;
    default:
      return textFromItem(item, naming, "|");
  }
}

function jsonItem(item: Ttlv, naming: TagName | null): JsonItem {
  return { tag: tagText(item.tag), type: typeName(item.type), value: jsonValue(item, naming) };
}

/**
 * Writes an item in KMIP's JSON encoding. A number that JavaScript's numbers do not hold is a string of hexadecimal.
 *
 * @see KMIP Additional Message Encodings 1.0 section 4
 */
export function writeJson(item: Ttlv): string {
  return JSON.stringify(jsonItem(item, namingTag(item.tag, [])));
}
