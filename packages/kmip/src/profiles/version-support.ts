import { type ObjectTypeName, objectTypeName } from "../objects/managed-object.ts";
import { OPERATION_NAMES, type OperationName } from "../payloads/operations.ts";
import { ENUM } from "../tags/enumeration-table.ts";
import { hasValue } from "../tags/versions.ts";
import { KMIP_VERSIONS, type KmipVersion, type ProtocolVersion, protocolVersion } from "../version.ts";

/** Operations that a server asks of a client, and that Query therefore does not list. */
const OF_THE_SERVER: ReadonlySet<OperationName> = new Set(["Notify", "Put"]);

/** The operations that a version has, of those a client may ask for: the most that Query can answer. */
export function operationsIn(version: KmipVersion): readonly OperationName[] {
  return OPERATION_NAMES.filter(
    (name) => !OF_THE_SERVER.has(name) && hasValue(version, "Operation", ENUM.Operation[name]),
  );
}

/** The kinds of objects that a version has. */
export function objectTypesIn(version: KmipVersion): readonly ObjectTypeName[] {
  return Object.values(ENUM.ObjectType)
    .filter((value) => hasValue(version, "ObjectType", value))
    .flatMap((value) => objectTypeName(value) ?? []);
}

/**
 * What Discover Versions answers: the versions spoken here, newest first, or of those the ones the client listed, in the
 * client's order.
 *
 * @see KMIP 1.4 section 4.26
 */
export function discoveredVersions(
  asked: readonly ProtocolVersion[],
  spoken: readonly KmipVersion[] = KMIP_VERSIONS,
): readonly ProtocolVersion[] {
  const ours = spoken.map(protocolVersion).reverse();
  if (asked.length === 0) return ours;
  return asked.filter(({ major, minor }) => ours.some((each) => each.major === major && each.minor === minor));
}
