import { ENUM } from "../tags/enumeration-table.ts";
import { hasValue } from "../tags/versions.ts";
import type { KmipVersion } from "../version.ts";

const R = ENUM.ResultReason;

/** For the reasons that one generation of versions has and the other has not: the nearest of the other. */
const NEAREST: Readonly<Record<number, number>> = {
  [R.IllegalOperation]: R.PermissionDenied,
  [R.IndexOutOfBounds]: R.AttributeInstanceNotFound,
  [R.EncodingOptionError]: R.FeatureNotSupported,
  [R.KeyValueNotPresent]: R.GeneralFailure,
  [R.AttestationRequired]: R.PermissionDenied,
  [R.AttestationFailed]: R.PermissionDenied,
  [R.Sensitive]: R.PermissionDenied,
  [R.NotExtractable]: R.PermissionDenied,
  [R.ObjectAlreadyExists]: R.InvalidField,
  [R.InvalidTicket]: R.AuthenticationNotSuccessful,
  [R.UsageLimitExceeded]: R.PermissionDenied,
  [R.NumericRange]: R.InvalidField,
  [R.InvalidDataType]: R.InvalidField,
  [R.ReadOnlyAttribute]: R.PermissionDenied,
  [R.MultiValuedAttribute]: R.InvalidField,
  [R.UnsupportedAttribute]: R.InvalidField,
  [R.AttributeInstanceNotFound]: R.ItemNotFound,
  [R.AttributeNotFound]: R.ItemNotFound,
  [R.AttributeReadOnly]: R.PermissionDenied,
  [R.AttributeSingleValued]: R.InvalidField,
  [R.BadCryptographicParameters]: R.InvalidField,
  [R.BadPassword]: R.AuthenticationNotSuccessful,
  [R.CodecError]: R.InvalidMessage,
  [R.IllegalObjectType]: R.IllegalOperation,
  [R.IncompatibleCryptographicUsageMask]: R.PermissionDenied,
  [R.InvalidAttribute]: R.InvalidField,
  [R.InvalidAttributeValue]: R.InvalidField,
  [R.InvalidCorrelationValue]: R.ItemNotFound,
  [R.InvalidAsynchronousCorrelationValue]: R.InvalidField,
  [R.InvalidCSR]: R.InvalidField,
  [R.InvalidObjectType]: R.InvalidField,
  [R.KeyWrapTypeNotSupported]: R.FeatureNotSupported,
  [R.NonUniqueNameAttribute]: R.InvalidField,
  [R.ObjectDestroyed]: R.PermissionDenied,
  [R.ObjectNotFound]: R.ItemNotFound,
  [R.NotAuthorized]: R.PermissionDenied,
  [R.WrongKeyLifecycleState]: R.PermissionDenied,
  [R.UnsupportedProtocolVersion]: R.InvalidMessage,
  [R.WrappingObjectArchived]: R.ObjectArchived,
  [R.WrappingObjectNotFound]: R.ItemNotFound,
  [R.WrappingObjectDestroyed]: R.PermissionDenied,
};

/**
 * A result reason as a version has it: itself, or the nearest one there, or General Failure.
 *
 * Most reasons came with 2.0; a client of 1.x gets those it knows.
 */
export function reasonIn(version: KmipVersion, reason: number): number {
  if (hasValue(version, "ResultReason", reason)) return reason;
  const nearest = NEAREST[reason] ?? R.GeneralFailure;
  return nearest !== reason && hasValue(version, "ResultReason", nearest) ? nearest : R.GeneralFailure;
}
