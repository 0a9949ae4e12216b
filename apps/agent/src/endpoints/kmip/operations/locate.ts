import { ENUM, findAttribute, type RequestPayload } from "@holdfast/kmip";
import type { Located } from "../../../operations/object-query.ts";
import { locateQuery } from "../attributes/locate-query.ts";
import { groupTurnsOf } from "../group-turns.ts";
import type { KmipContext } from "../kmip-context.ts";
import { identifierOfObject } from "../object-identifier.ts";
import type { KmipOperation } from "./kmip-operation.ts";

/** Finds objects, newest first; of a group's fresh members the oldest first. @see KMIP 2.1 section 6.1.27 */
export const locate: KmipOperation<"Locate"> = (context, payload) => {
  const { operations, caller, ids } = context;
  const { ids: found, total } = located(context, payload);
  const uniqueIdentifier = found.map((id) => identifierOfObject(operations.describeObject(caller, id)));
  const [only] = uniqueIdentifier;
  if (uniqueIdentifier.length === 1 && only !== undefined) ids.keep("Locate", only);
  else ids.clear();
  const isPart = payload.maximumItems !== undefined || payload.offsetItems !== undefined;
  return { uniqueIdentifier, ...(isPart ? { locatedItems: total } : {}) };
};

/** The default member of a group is one object, whose turn it is. */
function located({ operations, caller, version, session }: KmipContext, payload: RequestPayload<"Locate">): Located {
  const query = locateQuery(version, payload);
  if (payload.objectGroupMember !== ENUM.ObjectGroupMember.GroupMemberDefault)
    return operations.locateObjects(caller, query);
  const { maximum: _, offset: __, ...members } = query;
  const { ids } = operations.locateObjects(caller, members);
  const group = findAttribute(payload.attributes ?? [], "ObjectGroup") ?? "";
  const id = groupTurnsOf(session.domain).member(caller.client.id, group, ids);
  return { ids: id === undefined ? [] : [id], total: id === undefined ? 0 : 1 };
}
