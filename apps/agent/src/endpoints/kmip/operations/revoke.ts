import { ENUM, enumerationName } from "@holdfast/kmip";

import { bagName, withInstances } from "../attributes/bag.ts";
import { refuse } from "../refused.ts";
import type { KmipOperation } from "./kmip-operation.ts";

const { KeyCompromise, CACompromise } = ENUM.RevocationReasonCode;

/** Ends an object's use for protecting data, and says why. @see KMIP 2.1 section 6.1.45 */
export const revoke: KmipOperation<"Revoke"> = async (context, payload) => {
  const { identifier, name } = context.object(payload.uniqueIdentifier);
  const { revocationReason, compromiseOccurrenceDate } = payload;
  const { revocationReasonCode: code } = revocationReason;
  if (enumerationName("RevocationReasonCode", code) === null) refuse("InvalidField", "There is no such reason.");
  const isCompromise = code === KeyCompromise || code === CACompromise;
  const reference = { name: "RevocationReason" } as const;
  const kept = withInstances({}, reference, [{ index: 0, value: revocationReason }])[bagName(reference)];
  await context.operations.revokeObject(context.caller, name, {
    to: isCompromise ? "compromised" : "deactivated",
    ...(isCompromise ? { occurred: compromiseOccurrenceDate ?? context.now } : {}),
    attributes: { [bagName(reference)]: kept ?? [] },
  });
  return { uniqueIdentifier: identifier };
};
