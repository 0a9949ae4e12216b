import { isDeepStrictEqual } from "node:util";
import { type Attribute, type AttributeName, ENUM, type KmipVersion, MASK, type RequestPayload } from "@holdfast/kmip";
import type { ObjectQuery } from "../../../operations/object-query.ts";
import type { ObjectView } from "../../../operations/object-view.ts";
import { refuse } from "../refused.ts";
import { valuesOf } from "./object-attributes.ts";
import { assertState } from "./object-states.ts";
import { findObjectType } from "./object-types.ts";

const DATES: ReadonlySet<AttributeName> = new Set([
  "InitialDate",
  "ActivationDate",
  "ProcessStartDate",
  "ProtectStopDate",
  "DeactivationDate",
  "DestroyDate",
  "CompromiseOccurrenceDate",
  "CompromiseDate",
  "ArchiveDate",
  "LastChangeDate",
  "OriginalCreationDate",
]);

/** Whether an object is one of those that are looked for. */
type Test = (object: ObjectView) => boolean;

/**
 * What a Locate looks for, in the door's terms: every attribute must be one of the object's, a date given twice is a
 * range, a mask is a set of bits that must be there, and a structure is matched in the fields that are given.
 *
 * @throws KmipRefusedError for values that no object can have
 * @see KMIP 2.1 section 6.1.27 (Locate)
 */
export function locateQuery(version: KmipVersion, payload: RequestPayload<"Locate">): ObjectQuery {
  const { attributes = [], maximumItems, offsetItems, storageStatusMask, objectGroupMember } = payload;
  if ((maximumItems ?? 0) < 0 || (offsetItems ?? 0) < 0) refuse("InvalidField", "Items are counted from 0.");
  const tests: Test[] = [storageTest(storageStatusMask), ...attributeTests(version, attributes)];
  if (objectGroupMember === ENUM.ObjectGroupMember.GroupMemberFresh) tests.push((each) => isFresh(version, each));
  const types = attributes.flatMap((each) => (each.name === "ObjectType" ? (findObjectType(each.value) ?? []) : []));
  const name = attributes.find((each) => each.name === "Name");
  return {
    destroyed: wantsDestroyed(storageStatusMask, attributes),
    ...(types.length === 0 ? {} : { types }),
    ...(name?.name === "Name" ? { name: name.value.nameValue } : {}),
    // Members of a group are used up in the order in which they were put there.
    ...(objectGroupMember === undefined ? {} : { order: "oldest" }),
    ...(maximumItems === undefined ? {} : { maximum: maximumItems }),
    ...(offsetItems === undefined ? {} : { offset: offsetItems }),
    matches: (object) => tests.every((test) => test(object)),
  };
}

/** Destroyed objects are found where they are asked for. */
function wantsDestroyed(mask: number | undefined, attributes: readonly Attribute[]): boolean {
  if (((mask ?? 0) & MASK.StorageStatusMask.DestroyedStorage) !== 0) return true;
  const { Destroyed, DestroyedCompromised } = ENUM.State;
  return attributes.some(
    (each) =>
      each.name === "DestroyDate" ||
      (each.name === "State" && (each.value === Destroyed || each.value === DestroyedCompromised)),
  );
}

/** Where objects are kept; on-line ones only, when nothing is said. */
function storageTest(mask: number = MASK.StorageStatusMask.OnLineStorage): Test {
  const { OnLineStorage, ArchivalStorage, DestroyedStorage } = MASK.StorageStatusMask;
  const known = OnLineStorage | ArchivalStorage | DestroyedStorage;
  if ((mask & ~known) !== 0) refuse("InvalidField", "The Storage Status Mask has unknown bits.");
  return ({ archived, state }) => {
    const destroyed = state.startsWith("destroyed");
    if (destroyed && (mask & DestroyedStorage) !== 0) return true;
    return (mask & (archived ? ArchivalStorage : OnLineStorage)) !== 0;
  };
}

function attributeTests(version: KmipVersion, attributes: readonly Attribute[]): Test[] {
  const tests: Test[] = [];
  const ranges = new Map<AttributeName, number[]>();
  for (const attribute of attributes) {
    const { name, value } = attribute;
    if (name === "State") assertState(value);
    if (name !== undefined && DATES.has(name)) ranges.set(name, [...(ranges.get(name) ?? []), value as number]);
    else if (name === "CryptographicUsageMask") tests.push(maskTest(version, value));
    else tests.push((object) => valuesOf(object, attribute, version).some((each) => fits(value, each.value)));
  }
  for (const [name, dates] of ranges) tests.push(dateTest(version, name, dates));
  return tests;
}

function dateTest(version: KmipVersion, name: AttributeName, dates: readonly number[]): Test {
  if (dates.length > 2) refuse("InvalidField", "A date is given once, or twice for a range.");
  const [from, to] = [Math.min(...dates), Math.max(...dates)];
  return (object) =>
    valuesOf(object, { name }, version).some(({ value }) => (value as number) >= from && (value as number) <= to);
}

function maskTest(version: KmipVersion, mask: number): Test {
  return (object) =>
    valuesOf(object, { name: "CryptographicUsageMask" }, version).some(
      ({ value }) => ((value as number) & mask) === mask,
    );
}

function isFresh(version: KmipVersion, object: ObjectView): boolean {
  return valuesOf(object, { name: "Fresh" }, version)[0]?.value === true;
}

/** Whether a value is the one asked for; of structures, in the fields that were given. */
export function fits(asked: unknown, value: unknown): boolean {
  if (asked instanceof Uint8Array || typeof asked !== "object" || asked === null) return isEqual(asked, value);
  if (typeof value !== "object" || value === null) return false;
  if ("tag" in asked && "type" in asked) return isEqual(withoutTag(asked), withoutTag(value));
  const fields = Object.entries(asked).filter(([, field]) => field !== undefined);
  return fields.every(([name, field]) => fits(field, (value as Readonly<Record<string, unknown>>)[name]));
}

function isEqual(asked: unknown, value: unknown): boolean {
  if (asked instanceof Uint8Array && value instanceof Uint8Array) return Buffer.compare(asked, value) === 0;
  return isDeepStrictEqual(asked, value);
}

/** An item of any type means what its type and value say: its tag is that of the place where it stands. */
function withoutTag({ tag: _, ...rest }: { readonly tag?: unknown }): object {
  return plain(rest) as object;
}

/** Buffers and other byte arrays of the same bytes are the same. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each)]));
}

/** Whether two values of an attribute are the same. */
export function isSameValue(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(plain(untagged(one)), plain(untagged(other)));
}

function untagged(value: unknown): unknown {
  const isItem = typeof value === "object" && value !== null && "tag" in value && "type" in value;
  return isItem ? withoutTag(value) : value;
}
