import type { KmipOperation } from "./kmip-operation.ts";

/** Destroys an object's material for good. @see KMIP 2.1 section 6.1.18 */
export const destroy: KmipOperation<"Destroy"> = async (context, { uniqueIdentifier }) => {
  const { identifier, name } = context.object(uniqueIdentifier);
  await context.operations.destroyObject(context.caller, name);
  return { uniqueIdentifier: identifier };
};
