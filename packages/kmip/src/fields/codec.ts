import type { Ttlv } from "../ttlv/ttlv.ts";
import type { KmipVersion } from "../version.ts";

/** What reading depends on beside the bytes. */
export interface ReadContext {
  /** The version whose rules the message follows. */
  readonly version: KmipVersion;
  /** What happens to a field that a structure does not have. Vendors' tags (0x54xxxx) are passed over either way. */
  readonly unknownFields: "refuse" | "ignore";
}

/** How one kind of value is read from an item, and written as one. */
export interface Codec<Value> {
  /** @throws KmipError when the item is not such a value. */
  read(item: Ttlv, context: ReadContext): Value;
  /** @throws KmipError `E_KMIP_ENCODE` when the value cannot be written. */
  write(tag: number, value: Value, version: KmipVersion): Ttlv;
}

/** The type of the values that a codec reads and writes. */
export type ValueOf<C> = C extends Codec<infer Value> ? Value : never;
