import type { KmipOperation } from "./kmip-operation.ts";

/** Sets an object's material aside until it is recovered. @see KMIP 2.1 section 6.1.4 */
export const archive: KmipOperation<"Archive"> = async (context, { uniqueIdentifier }) => {
  const { identifier, name } = context.object(uniqueIdentifier);
  await context.operations.archiveObject(context.caller, name);
  return { uniqueIdentifier: identifier };
};
