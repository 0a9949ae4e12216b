import { type AttributeValues, ENUM } from "@holdfast/kmip";
import type { ObjectLink, ObjectName } from "../../../keystore/records.ts";
import { OperationError } from "../../../operations/errors.ts";
import type { KmipContext } from "../kmip-context.ts";
import { doorName } from "../object-identifier.ts";
import { refuse } from "../refused.ts";
import { linkKind } from "./link-types.ts";

/** A name, in the record's form. */
export function nameFrom({ nameValue, nameType }: AttributeValues["Name"]): ObjectName {
  return { value: nameValue, kind: nameType === ENUM.NameType.URI ? "uri" : "text" };
}

/** A link, in the record's form: to an object that the client sees, or to an identifier that says nothing here. */
export function linkFrom(
  context: KmipContext,
  { linkType, linkedObjectIdentifier }: AttributeValues["Link"],
): ObjectLink {
  const kind = linkKind(linkType);
  const identifier = context.ids.resolve(linkedObjectIdentifier);
  try {
    return { kind, id: context.operations.describeObject(context.caller, doorName(identifier)).id };
  } catch (cause) {
    if (cause instanceof OperationError) return { kind, id: identifier };
    throw cause;
  }
}

/** Limits, in the record's form. @throws KmipRefusedError */
export function limitsFrom({ usageLimitsTotal, usageLimitsUnit, usageLimitsCount }: AttributeValues["UsageLimits"]): {
  readonly unit: "byte" | "object";
  readonly total: number;
} {
  const total = usageLimitsTotal ?? usageLimitsCount;
  if (total === undefined || total < 1n || total > BigInt(Number.MAX_SAFE_INTEGER))
    refuse("InvalidField", "Usage Limits have a total from 1 to 2^53 - 1.");
  return { unit: usageLimitsUnit === ENUM.UsageLimitsUnit.Object ? "object" : "byte", total: Number(total) };
}
