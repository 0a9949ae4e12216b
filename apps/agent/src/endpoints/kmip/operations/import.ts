import { ENUM, objectTypeName } from "@holdfast/kmip";
import { OperationError } from "../../../operations/errors.ts";
import { keepNewObject } from "../keep-new-object.ts";
import { doorName } from "../object-identifier.ts";
import { refuse } from "../refused.ts";
import type { KmipOperation } from "./kmip-operation.ts";
import { registrationOf } from "./register.ts";

/** Attributes of an exported object that follow from the object, its past, or this server. */
const OF_THE_SERVER: ReadonlySet<string> = new Set([
  "UniqueIdentifier",
  "ShortUniqueIdentifier",
  "State",
  "InitialDate",
  "LastChangeDate",
  "DestroyDate",
  "CompromiseDate",
  "CompromiseOccurrenceDate",
  "ArchiveDate",
  "RevocationReason",
  "Digest",
  "LeaseTime",
  "AlwaysSensitive",
  "NeverExtractable",
  "KeyValuePresent",
  "RandomNumberGenerator",
  "ProtectionStorageMask",
]);

/**
 * Takes an object in under the identifier that it has elsewhere. One that is here already is never replaced: its
 * material would be gone without a trace of a reason.
 *
 * @see KMIP 2.1 section 6.1.24
 */
export const importObject: KmipOperation<"Import"> = async (context, payload) => {
  const { uniqueIdentifier, object, objectType = ENUM.ObjectType[object.type], replaceExisting } = payload;
  if (typeof uniqueIdentifier !== "string") refuse("InvalidField", "An imported object brings its identifier along.");
  if (objectTypeName(objectType) === null) refuse("InvalidObjectType", "There is no such Object Type.");
  const foreign = doorName(uniqueIdentifier);
  if (replaceExisting === true)
    refuse("PermissionDenied", "Objects are not replaced. Import it under a new identifier.");
  const attributes = payload.attributes.filter(({ name }) => name === undefined || !isOfServer(name));
  try {
    const made = await context.operations.registerObject(context.caller, {
      ...registrationOf(context, { objectType, object, attributes }),
      foreign: [foreign],
    });
    return { uniqueIdentifier: keepNewObject(context, "Import", made) };
  } catch (cause) {
    const isTaken = cause instanceof OperationError && cause.code === "E_NAME_TAKEN";
    if (isTaken) refuse("ObjectAlreadyExists", cause.message);
    throw cause;
  }
};

function isOfServer(name: string): boolean {
  return OF_THE_SERVER.has(name) || name.startsWith("Certificate") || name.startsWith("X_509");
}
