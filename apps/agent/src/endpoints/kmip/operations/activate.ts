import type { KmipOperation } from "./kmip-operation.ts";

/** Begins an object's use. @see KMIP 2.1 section 6.1.1 */
export const activate: KmipOperation<"Activate"> = async (context, { uniqueIdentifier }) => {
  const { identifier, name } = context.object(uniqueIdentifier);
  await context.operations.activateObject(context.caller, name);
  return { uniqueIdentifier: identifier };
};
