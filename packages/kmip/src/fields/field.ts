import { KmipError } from "../errors.ts";
import { tagName } from "../tags/names.ts";
import type { Ttlv } from "../ttlv/ttlv.ts";
import { isVersion2, type KmipVersion, versionMask } from "../version.ts";
import type { Codec, ReadContext } from "./codec.ts";

/** Whether a field must be there (in the versions that have it). */
export type Presence = "required" | "optional";

/** The versions that have a field, both included. */
export interface Span {
  readonly since?: KmipVersion;
  readonly until?: KmipVersion;
}

/**
 * One row of a table of the specification: which items it takes from a structure, and which it puts there.
 *
 * `Value` is what stands in the typed object under the field's name.
 */
export interface Field<Value, P extends Presence = Presence> {
  readonly tags: readonly number[];
  readonly presence: P;
  /** Bit mask of the versions that have it. It is read in any version, and written only in these. */
  readonly versions: number;
  /** Bit mask of the versions in which it must be there. */
  readonly needed: number;
  /** Takes one item; `before` is what earlier items of the same structure made. */
  take(before: Value | undefined, item: Ttlv, context: ReadContext): Value;
  /** Adds the items of a value. */
  put(value: Value, version: KmipVersion, items: Ttlv[]): void;
}

/** Refuses a field that stands in a structure for the second time. */
export function duplicate(item: Ttlv): never {
  throw new KmipError("E_KMIP_DUPLICATE", `${tagName(item.tag) ?? "a field"} stands there twice`, { tag: item.tag });
}

function presentIn<P extends Presence>(presence: P, { since, until }: Span) {
  const versions = versionMask(since, until);
  return { presence, versions, needed: presence === "required" ? versions : 0 };
}

function single<Value, P extends Presence>(tag: number, codec: Codec<Value>, presence: P, span: Span): Field<Value, P> {
  return {
    tags: [tag],
    ...presentIn(presence, span),
    take: (before, item, context) => (before === undefined ? codec.read(item, context) : duplicate(item)),
    put: (value, version, items) => {
      items.push(codec.write(tag, value, version));
    },
  };
}

/** A field that stands there exactly once. */
export function required<Value>(tag: number, codec: Codec<Value>, span: Span = {}): Field<Value, "required"> {
  return single(tag, codec, "required", span);
}

/** A field that stands there at most once. */
export function optional<Value>(tag: number, codec: Codec<Value>, span: Span = {}): Field<Value, "optional"> {
  return single(tag, codec, "optional", span);
}

function many<Value, P extends Presence>(
  tag: number,
  codec: Codec<Value>,
  presence: P,
  span: Span,
): Field<readonly Value[], P> {
  return {
    tags: [tag],
    ...presentIn(presence, span),
    take: (before, item, context) => {
      const values = (before ?? []) as Value[];
      values.push(codec.read(item, context));
      return values;
    },
    put: (values, version, items) => {
      for (const value of values) items.push(codec.write(tag, value, version));
    },
  };
}

/** A field that may stand there any number of times; absent when there is none. */
export function repeated<Value>(
  tag: number,
  codec: Codec<Value>,
  span: Span = {},
): Field<readonly Value[], "optional"> {
  return many(tag, codec, "optional", span);
}

/** A field that stands there at least once. */
export function someOf<Value>(tag: number, codec: Codec<Value>, span: Span = {}): Field<readonly Value[], "required"> {
  return many(tag, codec, "required", span);
}

/** A field that has one tag in 1.x and another from 2.0 on. Both are read in either. */
export function renamed<Value, P extends Presence>(before2: Field<Value, P>, from2: Field<Value, P>): Field<Value, P> {
  return {
    tags: [...before2.tags, ...from2.tags],
    presence: before2.presence,
    versions: before2.versions | from2.versions,
    needed: before2.needed | from2.needed,
    take: (before, item, context) => (before2.tags.includes(item.tag) ? before2 : from2).take(before, item, context),
    put: (value, version, items) => (isVersion2(version) ? from2 : before2).put(value, version, items),
  };
}

/** An optional field that must be there up to 1.4 all the same. */
export function neededUntil2<Value>(field: Field<Value, "optional">): Field<Value, "optional"> {
  return { ...field, needed: field.needed | versionMask("1.0", "1.4") };
}
