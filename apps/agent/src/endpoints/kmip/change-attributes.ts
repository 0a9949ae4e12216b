import type { Identifier } from "@holdfast/kmip";
import type { AttributeChange } from "../../operations/attribute-change.ts";
import type { ObjectView } from "../../operations/object-view.ts";
import type { KmipContext, NamedObject } from "./kmip-context.ts";

/**
 * Changes what is said of an object, and tells the batch how that is taken back.
 *
 * @param decide - What shall be different, from the object as it is when the change is made.
 */
export async function changeAttributes(
  context: KmipContext,
  uniqueIdentifier: Identifier | undefined,
  decide: (object: ObjectView) => AttributeChange,
): Promise<NamedObject> {
  const { operations, caller } = context;
  const named = context.object(uniqueIdentifier);
  let before: ObjectView | undefined;
  await operations.changeAttributes(caller, named.name, (object) => {
    before = object;
    return decide(object);
  });
  // What was is not judged: it may be older than the client's constraints.
  const unjudged = context.session.caller;
  context.undoBy(() => operations.changeAttributes(unjudged, named.name, () => sayingOf(before as ObjectView)));
  return named;
}

function sayingOf({ names, links, attributes }: ObjectView): AttributeChange {
  return { names, links, attributes };
}
