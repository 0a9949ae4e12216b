import { locateQuery } from "../attributes/locate-query.ts";
import { identifierOfObject } from "../object-identifier.ts";
import type { KmipOperation } from "./kmip-operation.ts";

/** Finds objects, newest first. @see KMIP 2.1 section 6.1.27 */
export const locate: KmipOperation<"Locate"> = (context, payload) => {
  const { operations, caller, version, ids } = context;
  const { ids: found, total } = operations.locateObjects(caller, locateQuery(version, payload));
  const uniqueIdentifier = found.map((id) => identifierOfObject(operations.describeObject(caller, id)));
  const [only] = uniqueIdentifier;
  if (uniqueIdentifier.length === 1 && only !== undefined) ids.keep("Locate", only);
  else ids.clear();
  const isPart = payload.maximumItems !== undefined || payload.offsetItems !== undefined;
  return { uniqueIdentifier, ...(isPart ? { locatedItems: total } : {}) };
};
