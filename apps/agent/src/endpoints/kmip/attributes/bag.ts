import type { Attribute, AttributeName, AttributeReference } from "@holdfast/kmip";
import type { AttributeBag, AttributeValue } from "../../../keystore/records.ts";

// Attributes that are no field of the record live in its bag: each under one name, with its instances and, because the
// index of an instance outlives its neighbours, the index of each.

const PREFIX = "kmip:";

/** One instance of an attribute. */
export interface Instance {
  readonly index: number;
  readonly value: unknown;
}

/** The name in the bag of an attribute. */
export function bagName(attribute: AttributeReference): string {
  if (attribute.name !== undefined) return PREFIX + attribute.name;
  return attribute.vendor === "x" || attribute.vendor === "y"
    ? `${attribute.vendor}-${attribute.label}`
    : `${PREFIX}${attribute.vendor}/${attribute.label}`;
}

/** The attribute with this name in the bag, or null for what another endpoint keeps there. */
function attributeNamed(name: string): AttributeReference | null {
  if (/^[xy]-/.test(name)) return { vendor: name.charAt(0), label: name.slice(2) };
  if (!name.startsWith(PREFIX)) return null;
  const rest = name.slice(PREFIX.length);
  const slash = rest.indexOf("/");
  if (slash === -1) return { name: rest as AttributeName };
  return { vendor: rest.slice(0, slash), label: rest.slice(slash + 1) };
}

/** The instances of an attribute that is kept in the bag. */
export function instancesIn(bag: AttributeBag, attribute: AttributeReference): readonly Instance[] {
  const kept = bag[bagName(attribute)];
  if (!Array.isArray(kept)) return [];
  return (kept as { readonly i: number; readonly v: AttributeValue }[]).map(({ i, v }) => ({
    index: i,
    value: fromJson(v),
  }));
}

/** A bag with other instances of an attribute; with none of it, when there are none. */
export function withInstances(
  bag: AttributeBag,
  attribute: AttributeReference,
  instances: readonly Instance[],
): AttributeBag {
  const name = bagName(attribute);
  const { [name]: _, ...rest } = bag;
  if (instances.length === 0) return rest;
  return { ...rest, [name]: instances.map(({ index, value }) => ({ i: index, v: toJson(value) })) };
}

/** A bag with these attributes and nothing else. */
export function bagWith(attributes: readonly Attribute[]): AttributeBag {
  let bag: AttributeBag = {};
  for (const attribute of attributes) {
    const instances = instancesIn(bag, attribute);
    bag = withInstances(bag, attribute, [...instances, { index: instances.length, value: attribute.value }]);
  }
  return bag;
}

/** Every attribute that is kept in the bag, in the order in which they came. */
export function attributesIn(bag: AttributeBag): Attribute[] {
  return Object.keys(bag).flatMap((name) => {
    const reference = attributeNamed(name);
    if (reference === null) return [];
    return instancesIn(bag, reference).map((instance) => attributeOf(reference, instance));
  });
}

/** An attribute from its name and one of its instances. An index of 0 is not worth saying. */
export function attributeOf(reference: AttributeReference, { index, value }: Instance): Attribute {
  return { ...reference, ...(index === 0 ? {} : { index }), value } as Attribute;
}

/** JSON of a value of the codec's types: bytes and large numbers are marked. */
function toJson(value: unknown): AttributeValue {
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString("base64") };
  if (typeof value === "bigint") return { $integer: value.toString() };
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([, each]) => each !== undefined);
    return Object.fromEntries(entries.map(([name, each]) => [name, toJson(each)]));
  }
  return value as string | number | boolean;
}

function fromJson(json: AttributeValue): unknown {
  if (typeof json !== "object") return json;
  if (Array.isArray(json)) return json.map(fromJson);
  const { $bytes, $integer, ...rest } = json as Readonly<Record<string, AttributeValue>>;
  if (typeof $bytes === "string") return Buffer.from($bytes, "base64");
  if (typeof $integer === "string") return BigInt($integer);
  return Object.fromEntries(Object.entries(rest).map(([name, each]) => [name, fromJson(each)]));
}
