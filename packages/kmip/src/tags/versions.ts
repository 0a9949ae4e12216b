import { type KmipVersion, versionIndex } from "../version.ts";
import { ENUM, ENUM_VERSIONS } from "./enumeration-table.ts";
import { MASK, MASK_VERSIONS } from "./mask-table.ts";
import type { EnumerationName } from "./names.ts";
import { TAG, TAG_VERSIONS } from "./tag-table.ts";

/** Values and the bit masks of the versions that have them, from a table and its string of masks. */
function versionsOf(table: Readonly<Record<string, number>>, masks: string): ReadonlyMap<number, number> {
  return new Map(
    Object.values(table).map((value, at) => [value, Number.parseInt(masks.slice(at * 2, at * 2 + 2), 16)]),
  );
}

const kept = new Map<string, ReadonlyMap<number, number>>();

function versionsFor(key: string, make: () => ReadonlyMap<number, number>): ReadonlyMap<number, number> {
  const known = kept.get(key);
  if (known) return known;
  const made = make();
  kept.set(key, made);
  return made;
}

const has = (versions: number, version: KmipVersion): boolean => (versions & (1 << versionIndex(version))) !== 0;

/** Whether a version has a tag. Vendors' tags are of every version. */
export function hasTag(version: KmipVersion, tag: number): boolean {
  const versions = versionsFor("", () => versionsOf(TAG, TAG_VERSIONS)).get(tag) ?? 0;
  return tag >= 0x540000 || has(versions, version);
}

/** Whether a version has a value of an enumeration. Vendors' values (0x80000000 and above) are of every version. */
export function hasValue(version: KmipVersion, enumeration: EnumerationName, value: number): boolean {
  if (value >= 0x8000_0000) return true;
  return has(
    versionsFor(enumeration, () => versionsOf(ENUM[enumeration], ENUM_VERSIONS[enumeration])).get(value) ?? 0,
    version,
  );
}

/** The bits of a mask that a version has; vendors' (the highest eight of the usage mask) stay. */
export function bitsIn(version: KmipVersion, mask: keyof typeof MASK, bits: number): number {
  let known = 0;
  let had = 0;
  for (const [bit, versions] of versionsFor(mask, () => versionsOf(MASK[mask], MASK_VERSIONS[mask]))) {
    known |= bit;
    if (has(versions, version)) had |= bit;
  }
  return bits & (had | ~known);
}
