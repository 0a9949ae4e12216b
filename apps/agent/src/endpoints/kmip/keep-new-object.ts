import type { ObjectView } from "../../operations/object-view.ts";
import type { PlaceholderName } from "./batch-identifiers.ts";
import type { KmipContext } from "./kmip-context.ts";
import { doorName, identifierOfObject } from "./object-identifier.ts";

/**
 * Says to the rest of the batch that an operation has made an object, and how it is taken back.
 *
 * @returns the object's Unique Identifier
 */
export function keepNewObject(context: KmipContext, operation: PlaceholderName, object: ObjectView): string {
  const identifier = identifierOfObject(object);
  context.ids.keep(operation, identifier);
  undoByDestroying(context, identifier, object);
  return identifier;
}

/** Has an object destroyed if the batch is taken back. */
export function undoByDestroying(context: KmipContext, identifier: string, { state }: ObjectView): void {
  const { caller, operations } = context;
  const name = doorName(identifier);
  context.undoBy(async () => {
    if (state === "active") await operations.revokeObject(caller, name, { to: "deactivated" });
    await operations.destroyObject(caller, name);
  });
}
