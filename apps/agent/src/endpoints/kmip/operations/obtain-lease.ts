import { refuse } from "../refused.ts";
import type { KmipOperation } from "./kmip-operation.ts";

/** Gives a time for which a client may rely on what it knows of an object. @see KMIP 2.1 section 6.1.32 */
export const obtainLease: KmipOperation<"ObtainLease"> = (context, { uniqueIdentifier }) => {
  const { identifier, name } = context.object(uniqueIdentifier);
  const { seconds, object } = context.operations.leaseObject(context.caller, name);
  if (object.state === "compromised") refuse("PermissionDenied", "The object was reported as compromised: no lease.");
  return { uniqueIdentifier: identifier, leaseTime: seconds, lastChangeDate: object.changedAt };
};
