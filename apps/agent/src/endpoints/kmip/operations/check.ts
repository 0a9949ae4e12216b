import { LEASE_SECONDS } from "../attributes/object-attributes.ts";
import { usageOfMask } from "../attributes/usage-mask.ts";
import { refuse } from "../refused.ts";
import type { KmipOperation } from "./kmip-operation.ts";

/** Tells whether an object may be used in a way. @see KMIP 2.1 section 6.1.9 */
export const check: KmipOperation<"Check"> = (context, payload) => {
  const { identifier, name } = context.object(payload.uniqueIdentifier);
  const { cryptographicUsageMask: mask, usageLimitsCount: count, leaseTime } = payload;
  const { refused } = context.operations.checkObject(context.caller, name, {
    usage: mask === undefined ? undefined : usageOfMask(mask),
    amount: count === undefined ? undefined : Number(count),
  });
  if (refused.includes("usage")) refuse("IncompatibleCryptographicUsageMask", "The object is not for this use.");
  if (refused.includes("limits")) refuse("UsageLimitExceeded", "Less than this is left of the object's limit.");
  if (refused.includes("state")) refuse("WrongKeyLifecycleState", "The object's state does not permit a use.");
  if (leaseTime !== undefined && leaseTime > LEASE_SECONDS) refuse("PermissionDenied", "No lease is that long.");
  return { uniqueIdentifier: identifier };
};
