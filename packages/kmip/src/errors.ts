import { HoldfastError } from "@holdfast/protocol";
import { ENUM } from "./tags/enumeration-table.ts";

/** Every code of this package. Documented in docs/spec/errors.md. */
export const KMIP_ERROR_CODES = [
  "E_KMIP_TTLV",
  "E_KMIP_LIMIT",
  "E_KMIP_TEXT",
  "E_KMIP_VERSION",
  "E_KMIP_MISSING",
  "E_KMIP_DUPLICATE",
  "E_KMIP_TYPE",
  "E_KMIP_FIELD",
  "E_KMIP_OPERATION",
  "E_KMIP_BATCH",
  "E_KMIP_ENCODE",
] as const;

/**
 * Why bytes are not a KMIP message, or a value cannot be written as one. Part of the API: stable.
 *
 * `E_KMIP_TTLV` the binary encoding is broken; `E_KMIP_TEXT` the XML or JSON is; `E_KMIP_LIMIT` larger, deeper or longer
 * than allowed; `E_KMIP_VERSION` a protocol version that is not spoken; `E_KMIP_MISSING` a required field is absent;
 * `E_KMIP_DUPLICATE` a field stands there twice; `E_KMIP_TYPE` a field has another type; `E_KMIP_FIELD` a field that does
 * not belong there or a value it cannot have; `E_KMIP_OPERATION` an operation that is not known; `E_KMIP_BATCH` the batch
 * count is not the number of items; `E_KMIP_ENCODE` the caller's value does not fit the encoding.
 */
export type KmipErrorCode = (typeof KMIP_ERROR_CODES)[number];

/** Every refusal of this package. `detail` holds tags, offsets, lengths and limits only, never content. */
export class KmipError extends HoldfastError<KmipErrorCode> {
  readonly code: KmipErrorCode;
  override readonly detail: Readonly<Record<string, string | number>>;

  constructor(code: KmipErrorCode, message: string, detail: Readonly<Record<string, string | number>> = {}) {
    super(message);
    this.name = "KmipError";
    this.code = code;
    this.detail = detail;
  }
}

const REASON: Readonly<Record<KmipErrorCode, number>> = {
  E_KMIP_TTLV: ENUM.ResultReason.InvalidMessage,
  E_KMIP_LIMIT: ENUM.ResultReason.InvalidMessage,
  E_KMIP_TEXT: ENUM.ResultReason.InvalidMessage,
  E_KMIP_VERSION: ENUM.ResultReason.InvalidMessage,
  E_KMIP_MISSING: ENUM.ResultReason.InvalidMessage,
  E_KMIP_DUPLICATE: ENUM.ResultReason.InvalidMessage,
  E_KMIP_TYPE: ENUM.ResultReason.InvalidMessage,
  E_KMIP_FIELD: ENUM.ResultReason.InvalidField,
  E_KMIP_OPERATION: ENUM.ResultReason.OperationNotSupported,
  E_KMIP_BATCH: ENUM.ResultReason.InvalidMessage,
  E_KMIP_ENCODE: ENUM.ResultReason.GeneralFailure,
};

/**
 * The Result Reason with which a server answers a request that was refused with this code.
 *
 * @see KMIP 1.4 section 11.1, "General" errors: what cannot be parsed is Invalid Message, an unknown field of the same
 * version is Invalid Field.
 */
export function resultReasonOf(code: KmipErrorCode): number {
  return REASON[code];
}
