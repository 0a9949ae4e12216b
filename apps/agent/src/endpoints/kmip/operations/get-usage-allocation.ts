import { refuse } from "../refused.ts";
import type { KmipOperation } from "./kmip-operation.ts";

/** Gives a part of an object's limit out. @see KMIP 2.1 section 6.1.23 */
export const getUsageAllocation: KmipOperation<"GetUsageAllocation"> = (context, payload) => {
  const { identifier, name } = context.object(payload.uniqueIdentifier);
  const { usageLimitsCount: count } = payload;
  if (count < 1n || count > BigInt(Number.MAX_SAFE_INTEGER)) refuse("InvalidField", "No such amount can be given.");
  context.operations.allocateUse(context.caller, name, Number(count));
  return { uniqueIdentifier: identifier };
};
