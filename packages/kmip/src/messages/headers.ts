import type { Codec, ValueOf } from "../fields/codec.ts";
import { optional, repeated, required } from "../fields/field.ts";
import { protocolVersionCodec } from "../fields/protocol-version.ts";
import { struct } from "../fields/struct.ts";
import { boolean, bytes, dateTime, enumeration, integer, text } from "../fields/values.ts";
import { ENUM } from "../tags/enumeration-table.ts";
import { TAG } from "../tags/tag-table.ts";
import { TYPE } from "../ttlv/ttlv.ts";
import { isVersion2 } from "../version.ts";
import { authentication, nonce } from "./authentication.ts";

/** A Boolean in 1.x, an enumeration in 2.x; here always a value of `ENUM.AsynchronousIndicator`. */
const asynchronousIndicator: Codec<number> = {
  read: (item, context) => {
    if (item.type !== TYPE.Boolean) return enumeration.read(item, context);
    return item.value ? ENUM.AsynchronousIndicator.Optional : ENUM.AsynchronousIndicator.Prohibited;
  },
  write: (tag, value, version) =>
    isVersion2(version)
      ? enumeration.write(tag, value, version)
      : boolean.write(tag, value !== ENUM.AsynchronousIndicator.Prohibited, version),
};

/** @see KMIP 1.4 section 7.2, KMIP 2.1 section 8.1 */
export const requestHeader = struct({
  protocolVersion: required(TAG.ProtocolVersion, protocolVersionCodec),
  maximumResponseSize: optional(TAG.MaximumResponseSize, integer),
  clientCorrelationValue: optional(TAG.ClientCorrelationValue, text, { since: "1.4" }),
  serverCorrelationValue: optional(TAG.ServerCorrelationValue, text, { since: "1.4" }),
  asynchronousIndicator: optional(TAG.AsynchronousIndicator, asynchronousIndicator),
  attestationCapableIndicator: optional(TAG.AttestationCapableIndicator, boolean, { since: "1.2" }),
  attestationType: repeated(TAG.AttestationType, enumeration, { since: "1.2" }),
  authentication: optional(TAG.Authentication, authentication),
  batchErrorContinuationOption: optional(TAG.BatchErrorContinuationOption, enumeration),
  batchOrderOption: optional(TAG.BatchOrderOption, boolean),
  timeStamp: optional(TAG.TimeStamp, dateTime),
  batchCount: required(TAG.BatchCount, integer),
});

/** @see KMIP 1.4 section 7.2, KMIP 2.1 section 8.2 */
export const responseHeader = struct({
  protocolVersion: required(TAG.ProtocolVersion, protocolVersionCodec),
  timeStamp: required(TAG.TimeStamp, dateTime),
  nonce: optional(TAG.Nonce, nonce, { since: "1.2" }),
  serverHashedPassword: optional(TAG.ServerHashedPassword, bytes, { since: "2.0" }),
  attestationType: repeated(TAG.AttestationType, enumeration, { since: "1.2" }),
  clientCorrelationValue: optional(TAG.ClientCorrelationValue, text, { since: "1.4" }),
  serverCorrelationValue: optional(TAG.ServerCorrelationValue, text, { since: "1.4" }),
  batchCount: required(TAG.BatchCount, integer),
});

/** The header of a request without version and count, which the message itself has. */
export type RequestHeader = Omit<ValueOf<typeof requestHeader>, "protocolVersion" | "batchCount">;
/** The header of a response without version and count, which the message itself has. */
export type ResponseHeader = Omit<ValueOf<typeof responseHeader>, "protocolVersion" | "batchCount">;
