/**
 * The item types of the encoding.
 *
 * @see KMIP 1.4 section 9.1.1.2; Date Time Extended: KMIP 2.0 section 9.1.1.2
 */
export const TYPE = {
  Structure: 1,
  Integer: 2,
  LongInteger: 3,
  BigInteger: 4,
  Enumeration: 5,
  Boolean: 6,
  TextString: 7,
  ByteString: 8,
  DateTime: 9,
  Interval: 10,
  DateTimeExtended: 11,
} as const;

/** An item type by its name in XML and JSON. */
export type TypeName = keyof typeof TYPE;

interface Item<Type extends number, Value> {
  /** Three bytes: 0x42xxxx of the specification, 0x54xxxx of a vendor. */
  readonly tag: number;
  readonly type: Type;
  readonly value: Value;
}

/**
 * One item of a message: tag, type and a value of that type.
 *
 * Integer and Enumeration are numbers (Enumeration unsigned), Interval is seconds, Date Time is POSIX seconds, Date Time
 * Extended is POSIX microseconds. A Big Integer is its bytes: two's complement, big-endian, a multiple of eight, because a
 * private exponent should be wipeable and must come out as it came in. Byte Strings of a decoded message are views of the
 * bytes it was decoded from.
 */
export type Ttlv =
  | Item<typeof TYPE.Structure, readonly Ttlv[]>
  | Item<typeof TYPE.Integer, number>
  | Item<typeof TYPE.LongInteger, bigint>
  | Item<typeof TYPE.BigInteger, Uint8Array>
  | Item<typeof TYPE.Enumeration, number>
  | Item<typeof TYPE.Boolean, boolean>
  | Item<typeof TYPE.TextString, string>
  | Item<typeof TYPE.ByteString, Uint8Array>
  | Item<typeof TYPE.DateTime, number>
  | Item<typeof TYPE.Interval, number>
  | Item<typeof TYPE.DateTimeExtended, bigint>;

/** An item that holds items. */
export type TtlvStructure = Extract<Ttlv, { readonly type: typeof TYPE.Structure }>;

/** Makes a structure. */
export function structure(tag: number, value: readonly Ttlv[]): TtlvStructure {
  return { tag, type: TYPE.Structure, value };
}

/** The first item of a structure with this tag. */
export function childOf(parent: TtlvStructure, tag: number): Ttlv | undefined {
  return parent.value.find((item) => item.tag === tag);
}
