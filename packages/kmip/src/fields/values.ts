import { KmipError } from "../errors.ts";
import { tagName } from "../tags/names.ts";
import { type Ttlv, TYPE, type TypeName } from "../ttlv/ttlv.ts";
import type { Codec } from "./codec.ts";

/** Refuses an item for its type. */
export function wrongType(item: Ttlv): never {
  throw new KmipError("E_KMIP_TYPE", `${tagName(item.tag) ?? "a field"} has a type that it cannot have`, {
    tag: item.tag,
    type: item.type,
  });
}

type ItemValue<Name extends TypeName> = Extract<Ttlv, { readonly type: (typeof TYPE)[Name] }>["value"];

function plain<Name extends TypeName>(name: Name): Codec<ItemValue<Name>> {
  const type = TYPE[name];
  return {
    read: (item) => (item.type === type ? (item.value as ItemValue<Name>) : wrongType(item)),
    write: (tag, value) => ({ tag, type, value }) as Ttlv,
  };
}

/** Four bytes, signed; also bit masks. */
export const integer = plain("Integer");
/** Eight bytes, signed. */
export const longInteger = plain("LongInteger");
/** Two's complement bytes, a multiple of eight. See `bigIntegerFromUnsigned`. */
export const bigInteger = plain("BigInteger");
/** A value of an enumeration: the specification's are in `ENUM`, vendors' begin at 0x80000000. */
export const enumeration = plain("Enumeration");
/** True or false. */
export const boolean = plain("Boolean");
/** A text. */
export const text = plain("TextString");
/** Bytes; a view of the message when read. */
export const bytes = plain("ByteString");
/** POSIX seconds. */
export const dateTime = plain("DateTime");
/** Seconds. */
export const interval = plain("Interval");

/** An item as it is, of any type: vendors' extensions. */
export const anyItem: Codec<Ttlv> = {
  read: (item) => item,
  write: (tag, value) => ({ ...value, tag }),
};

/**
 * Which object is meant: its identifier; from 2.0 on also a place-holder of this batch (`ENUM.UniqueIdentifier`) or the
 * number of an item of the batch.
 *
 * @see KMIP 2.1 section 4.57
 */
export type Identifier = string | { readonly placeholder: number } | { readonly batchItem: number };

/** Reads and writes an {@link Identifier}. */
export const identifier: Codec<Identifier> = {
  read: (item) => {
    if (item.type === TYPE.TextString) return item.value;
    if (item.type === TYPE.Enumeration) return { placeholder: item.value };
    return item.type === TYPE.Integer ? { batchItem: item.value } : wrongType(item);
  },
  write: (tag, value) => {
    if (typeof value === "string") return { tag, type: TYPE.TextString, value };
    return "placeholder" in value
      ? { tag, type: TYPE.Enumeration, value: value.placeholder }
      : { tag, type: TYPE.Integer, value: value.batchItem };
  },
};

/** The items of a structure whose fields are a vendor's to choose. */
export const items: Codec<readonly Ttlv[]> = {
  read: (item) => (item.type === TYPE.Structure ? item.value : wrongType(item)),
  write: (tag, value) => ({ tag, type: TYPE.Structure, value }),
};

/** A structure that is nothing but a list of values under one tag. */
export function listOf<Value>(itemTag: number, codec: Codec<Value>): Codec<readonly Value[]> {
  return {
    read: (item, context) =>
      items.read(item, context).map((each) => (each.tag === itemTag ? codec.read(each, context) : wrongType(each))),
    write: (tag, values, version) => ({
      tag,
      type: TYPE.Structure,
      value: values.map((value) => codec.write(itemTag, value, version)),
    }),
  };
}
