import { type Attribute, type AttributeName, attributeRule, ENUM, findAttribute } from "@holdfast/kmip";
import type { SourceObject } from "./source-object.ts";

/** What the object and this agent say anew, or Import takes from the object itself. */
const SAID_ANEW: ReadonlySet<AttributeName> = new Set([
  "UniqueIdentifier",
  "ObjectType",
  "State",
  "InitialDate",
  "DestroyDate",
  "CompromiseDate",
  "CompromiseOccurrenceDate",
  "RevocationReason",
  "LastChangeDate",
  "LeaseTime",
  "Digest",
  "Fresh",
  "AlwaysSensitive",
  "NeverExtractable",
  "KeyValuePresent",
  "CryptographicAlgorithm",
  "CryptographicLength",
  "CertificateType",
  "CertificateLength",
  "OpaqueDataType",
]);

/** Attributes that go along with an object, and the names of those that do not. */
export interface Brought {
  readonly attributes: readonly Attribute[];
  readonly left: readonly string[];
}

/**
 * What of an object's attributes goes along. Names, dates, usage, links and attributes of clients' own do; what servers
 * set by themselves is set anew here, and the day it was first kept stays as its Original Creation Date.
 */
export function attributesToBring({ attributes, state }: Pick<SourceObject, "attributes" | "state">): Brought {
  const kept: Attribute[] = [];
  const left: string[] = [];
  for (const attribute of attributes) {
    const { name } = attribute;
    if (name !== undefined && (SAID_ANEW.has(name) || name.startsWith("Certificate") || name.startsWith("X_509")))
      continue;
    if (isSetByClients(attribute)) kept.push(attribute);
    else left.push(name ?? `${attribute.vendor === "" ? "" : `${attribute.vendor}-`}${attribute.label}`);
  }
  return { attributes: [...kept, ...datesFrom(attributes, state)], left: [...new Set(left)] };
}

function isSetByClients({ name, ...rest }: Attribute): boolean {
  if (name === undefined)
    return "vendor" in rest && rest.vendor !== "" && rest.vendor !== "y" && rest.value !== undefined;
  return attributeRule("1.4", name)?.setByClient ?? attributeRule("2.1", name)?.setByClient ?? false;
}

/** Servers that keep a state without its date: the object became what it is when it was first kept. */
function datesFrom(attributes: readonly Attribute[], state: number | null): Attribute[] {
  const initial = findAttribute(attributes, "InitialDate");
  if (initial === undefined) return [];
  const dates: Attribute[] = [];
  if (findAttribute(attributes, "OriginalCreationDate") === undefined)
    dates.push({ name: "OriginalCreationDate", value: initial });
  const wasActive = state !== null && state !== ENUM.State.PreActive;
  if (wasActive && findAttribute(attributes, "ActivationDate") === undefined)
    dates.push({ name: "ActivationDate", value: initial });
  return dates;
}
