import { ENUM } from "./enumeration-table.ts";
import { MASK } from "./mask-table.ts";
import { TAG, TAG_TITLES } from "./tag-table.ts";

/** A tag of the specification by its XML name. */
export type TagName = keyof typeof TAG;
/** An enumeration of the specification by its XML name. */
export type EnumerationName = keyof typeof ENUM;

/** Names that were ever written otherwise in published messages, to the name used here. */
const ALIASES: Readonly<Record<string, string>> = {
  NotAuthorised: "NotAuthorized",
  PKCS11Interface: "PKCS_11Interface",
  DerivedObjectLink: "DerivedKeyLink",
};

const tagNames = new Map<number, TagName>((Object.keys(TAG) as TagName[]).map((name) => [TAG[name], name]));

/** The XML name of a tag, or null for one the specification does not define. */
export function tagName(tag: number): TagName | null {
  return tagNames.get(tag) ?? null;
}

/** The tag with an XML name, or null. */
export function tagNamed(name: string): number | null {
  const known = ALIASES[name] ?? name;
  return Object.hasOwn(TAG, known) ? TAG[known as TagName] : null;
}

/** The title of a tag as the specification's text and the attribute names of 1.x write it: "Cryptographic Usage Mask". */
export function tagTitle(name: TagName): string {
  return TAG_TITLES[name] ?? name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, " ");
}

/** Tags whose values belong to an enumeration of another name. */
const ENUMERATION_OF: Partial<Record<TagName, EnumerationName>> = {
  MaskGeneratorHashingAlgorithm: "HashingAlgorithm",
};

const MASK_OF: Partial<Record<TagName, keyof typeof MASK>> = {
  CryptographicUsageMask: "CryptographicUsageMask",
  StorageStatusMask: "StorageStatusMask",
  ProtectionStorageMask: "ProtectionStorageMask",
};

const reversed = new Map<object, Map<number, string>>();

/** Names by value; where two names have one value, the first. */
function namesByValue(table: Readonly<Record<string, number>>): Map<number, string> {
  const known = reversed.get(table);
  if (known) return known;
  const made = new Map<number, string>();
  for (const [name, value] of Object.entries(table)) if (!made.has(value)) made.set(value, name);
  reversed.set(table, made);
  return made;
}

function enumerationTable(tag: TagName): Readonly<Record<string, number>> | null {
  if (tag === "AttributeReference" || tag === "Tag") return TAG;
  const name = ENUMERATION_OF[tag] ?? tag;
  return Object.hasOwn(ENUM, name) ? ENUM[name as EnumerationName] : null;
}

/** The name of an enumeration value under a tag, or null when the specification gives it none. */
export function enumerationName(tag: TagName, value: number): string | null {
  const table = enumerationTable(tag);
  return table ? (namesByValue(table).get(value) ?? null) : null;
}

/** The value of an enumeration name under a tag, or null. */
export function enumerationValue(tag: TagName, name: string): number | null {
  const table = enumerationTable(tag);
  const known = ALIASES[name] ?? name;
  return table && Object.hasOwn(table, known) ? (table[known] as number) : null;
}

/** The words of a bit mask under a tag, lowest bit first, or null when the tag is no mask or a bit has no name. */
export function maskWords(tag: TagName, bits: number): string[] | null {
  const name = MASK_OF[tag];
  if (!name || bits === 0) return null;
  const words: string[] = [];
  let named = 0;
  for (const [word, bit] of Object.entries(MASK[name])) {
    if ((bits & bit) === 0) continue;
    words.push(word);
    named |= bit;
  }
  return named === bits ? words : null;
}

/** The bits of a mask's words under a tag, or null when the tag is no mask or a word is not its. */
export function maskBits(tag: TagName, words: readonly string[]): number | null {
  const name = MASK_OF[tag];
  if (!name) return null;
  const table: Readonly<Record<string, number>> = MASK[name];
  let bits = 0;
  for (const word of words) {
    if (!Object.hasOwn(table, word)) return null;
    bits |= table[word] as number;
  }
  return bits;
}
