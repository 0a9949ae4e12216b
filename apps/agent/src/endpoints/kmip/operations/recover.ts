import type { KmipOperation } from "./kmip-operation.ts";

/** Takes archived material up again. @see KMIP 2.1 section 6.1.40 */
export const recover: KmipOperation<"Recover"> = async (context, { uniqueIdentifier }) => {
  const { identifier, name } = context.object(uniqueIdentifier);
  await context.operations.recoverObject(context.caller, name);
  return { uniqueIdentifier: identifier };
};
