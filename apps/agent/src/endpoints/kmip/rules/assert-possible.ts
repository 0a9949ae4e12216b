import { type Attribute, type AttributeName, attributeRule, ENUM, enumerationName } from "@holdfast/kmip";
import { bagName } from "../attributes/bag.ts";
import { fits } from "../attributes/locate-query.ts";
import { assertGivable } from "../attributes/object-settings.ts";
import type { KmipContext } from "../kmip-context.ts";
import { refuse } from "../refused.ts";
import type { ClientRules, Rule } from "./client-rules.ts";

/** Rules are held against objects in the words of 2.1. */
const VERSION = "2.1";

/** What the key server gives to each object by itself, another to each or none to a new one. */
const OF_NO_NEW_OBJECT: ReadonlySet<AttributeName> = new Set<AttributeName>([
  "UniqueIdentifier",
  "InitialDate",
  "LastChangeDate",
  "DestroyDate",
  "CompromiseDate",
  "CompromiseOccurrenceDate",
  "RevocationReason",
  "ArchiveDate",
  "Digest",
]);

const BEGINS_AS: readonly number[] = [ENUM.State.PreActive, ENUM.State.Active];

/**
 * Refuses rules under which no object of their kind could be made: a client would be told so at each request, and not why.
 *
 * @throws KmipRefusedError Invalid Field, Attribute Read Only, and as for attributes of a new object
 */
export function assertPossible(context: KmipContext, { constraints, defaults }: Partial<ClientRules>): void {
  for (const { attributes } of defaults ?? []) {
    assertGivable(context, attributes);
    for (const each of attributes) assertMeans(each);
  }
  for (const { attributes } of constraints ?? [])
    for (const values of Map.groupBy(attributes, bagName).values()) assertMeetable(values);
  assertAgree(constraints ?? []);
}

/** One value at least of those that a constraint allows is one that a new object can have. */
function assertMeetable(values: readonly Attribute[]): void {
  const name = values[0]?.name;
  if (name === undefined) return;
  if (OF_NO_NEW_OBJECT.has(name)) refuse("AttributeReadOnly", `No new object can be told which ${name} to have.`);
  if (name === "State" && !values.some(({ value }) => BEGINS_AS.includes(value as number)))
    refuse("InvalidField", "No object begins in this state.");
  for (const each of values) assertMeans(each);
}

/** A number that stands for something. */
function assertMeans({ name, value }: Attribute): void {
  if (name === "CryptographicAlgorithm" && enumerationName("CryptographicAlgorithm", value) === null)
    refuse("InvalidField", "There is no such Cryptographic Algorithm.");
  if (name === "CryptographicLength" && !(value > 0)) refuse("InvalidField", "No key has such a length.");
}

/** Of constraints that are about the same objects, none asks for a value that another rules out. */
function assertAgree(constraints: readonly Rule[]): void {
  const about: { rule: Rule; name: AttributeName; values: readonly Attribute[] }[] = [];
  for (const rule of constraints)
    for (const values of Map.groupBy(rule.attributes, bagName).values()) {
      const name = values[0]?.name;
      if (name === undefined || name === "CryptographicUsageMask") continue; // fewer bits, or none, are within every mask
      if (attributeRule(VERSION, name)?.multipleInstances !== "no") continue;
      const against = about.find((each) => each.name === name && meet(each.rule, rule) && !share(each.values, values));
      if (against !== undefined)
        refuse("InvalidField", `Two constraints about the same objects leave no value of ${name}.`);
      about.push({ rule, name, values });
    }
}

function meet(one: Rule, other: Rule): boolean {
  return overlap(one.objectTypes, other.objectTypes) && overlap(one.objectGroups, other.objectGroups);
}

/** Whether two lists have something in common; none stands for everything. */
function overlap<T>(one: readonly T[] | undefined, other: readonly T[] | undefined): boolean {
  return one === undefined || other === undefined || one.some((each) => other.includes(each));
}

function share(one: readonly Attribute[], other: readonly Attribute[]): boolean {
  return one.some(({ value }) => other.some((each) => fits(value, each.value) || fits(each.value, value)));
}
