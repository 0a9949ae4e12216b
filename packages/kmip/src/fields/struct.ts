import { KmipError } from "../errors.ts";
import { tagName } from "../tags/names.ts";
import { structure, type Ttlv, TYPE } from "../ttlv/ttlv.ts";
import { type KmipVersion, versionIndex } from "../version.ts";
import type { Codec, ReadContext } from "./codec.ts";
import type { Field, Presence } from "./field.ts";
import { wrongType } from "./values.ts";

// biome-ignore lint/suspicious/noExplicitAny: a table of fields of any value; each value's type is inferred below.
export type Fields = Readonly<Record<string, Field<any, Presence>>>;

type RequiredNames<F extends Fields> = { [N in keyof F]: F[N]["presence"] extends "required" ? N : never }[keyof F];
type FieldValue<F> = F extends Field<infer Value, Presence> ? Value : never;

/** The typed object that a table of fields reads and writes. */
export type Struct<F extends Fields> = {
  readonly [N in RequiredNames<F>]: FieldValue<F[N]>;
} & {
  readonly [N in Exclude<keyof F, RequiredNames<F>>]?: FieldValue<F[N]> | undefined;
};

const VENDOR_TAGS = 0x540000;

function missing(name: string, field: Fields[string], code: "E_KMIP_MISSING" | "E_KMIP_ENCODE"): never {
  throw new KmipError(code, `${tagName(field.tags[0] ?? 0) ?? name} is missing`, { tag: field.tags[0] ?? 0 });
}

function unknownField(item: Ttlv): never {
  throw new KmipError("E_KMIP_FIELD", `${tagName(item.tag) ?? "a field"} does not belong here`, { tag: item.tag });
}

/**
 * A codec for a structure, made from its table of fields.
 *
 * Fields are read in any order and written in the table's. A field of a later version than the message's is read all the
 * same (clients mix them) but never written.
 */
export function struct<F extends Fields>(fields: F): Codec<Struct<F>> {
  const entries = Object.entries(fields);
  const byTag = new Map(entries.flatMap(([name, field]) => field.tags.map((tag) => [tag, { name, field }] as const)));
  const needed = entries.filter(([, field]) => field.needed !== 0);

  return {
    read(item: Ttlv, context: ReadContext): Struct<F> {
      if (item.type !== TYPE.Structure) wrongType(item);
      const made: Record<string, unknown> = {};
      for (const child of item.value) {
        const known = byTag.get(child.tag);
        if (known) made[known.name] = known.field.take(made[known.name], child, context);
        else if (child.tag < VENDOR_TAGS && context.unknownFields === "refuse") unknownField(child);
      }
      if (needed.length > 0) {
        const bit = 1 << versionIndex(context.version);
        for (const [name, field] of needed) {
          if ((field.needed & bit) !== 0 && made[name] === undefined) missing(name, field, "E_KMIP_MISSING");
        }
      }
      return made as Struct<F>;
    },

    write(tag: number, value: Struct<F>, version: KmipVersion): Ttlv {
      const bit = 1 << versionIndex(version);
      const items: Ttlv[] = [];
      for (const [name, field] of entries) {
        if ((field.versions & bit) === 0) continue;
        const each = value[name as keyof Struct<F>];
        if (each !== undefined) field.put(each, version, items);
        else if ((field.needed & bit) !== 0) missing(name, field, "E_KMIP_ENCODE");
      }
      return structure(tag, items);
    },
  };
}
