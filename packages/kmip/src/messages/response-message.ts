import type { Codec, ReadContext } from "../fields/codec.ts";
import { optional, repeated, required } from "../fields/field.ts";
import { struct } from "../fields/struct.ts";
import { anyItem, bytes, enumeration, text } from "../fields/values.ts";
import { OPERATIONS, type OperationName, operationNumbered, type ResponsePayload } from "../payloads/operations.ts";
import { ENUM } from "../tags/enumeration-table.ts";
import { TAG } from "../tags/tag-table.ts";
import { decodeTtlv } from "../ttlv/decode-ttlv.ts";
import { encodeTtlv } from "../ttlv/encode-ttlv.ts";
import type { Limits } from "../ttlv/limits.ts";
import { structure, type Ttlv, type TtlvStructure } from "../ttlv/ttlv.ts";
import { type KmipVersion, protocolVersion } from "../version.ts";
import { checkBatchCount, openMessage, type ReadOptions } from "./envelope.ts";
import { type ResponseHeader, responseHeader } from "./headers.ts";
import { type MessageExtension, messageExtension } from "./message-extension.ts";
import { reasonIn } from "./result-reason.ts";

/** How an operation ended, beside what it gave. */
export interface Outcome {
  /** Repeated from the request. */
  readonly uniqueBatchItemId?: Uint8Array | undefined;
  /** A value of `ENUM.ResultStatus`. */
  readonly resultStatus: number;
  /** A value of `ENUM.ResultReason`; required unless the status is Success. Written as the version knows it. */
  readonly resultReason?: number | undefined;
  readonly resultMessage?: string | undefined;
  /** For Poll, when the status is Operation Pending. */
  readonly asynchronousCorrelationValue?: Uint8Array | undefined;
  readonly messageExtension?: readonly MessageExtension[] | undefined;
}

/** The answer to one item. With an operation that is not known, or could not be read, there is no payload. */
export type ResponseItem<O extends OperationName = OperationName> =
  | { [N in O]: Outcome & { readonly operation: N; readonly payload?: ResponsePayload<N> | undefined } }[O]
  | (Outcome & {
      readonly operation: null;
      readonly operationNumber?: number | undefined;
      readonly payload?: undefined;
    });

/** A response, whichever version and encoding it comes in. @see KMIP 1.4 section 7 */
export interface ResponseMessage {
  readonly version: KmipVersion;
  readonly header: ResponseHeader;
  readonly items: readonly ResponseItem[];
}

const batchItem = struct({
  operation: optional(TAG.Operation, enumeration),
  uniqueBatchItemId: optional(TAG.UniqueBatchItemID, bytes),
  resultStatus: required(TAG.ResultStatus, enumeration),
  resultReason: optional(TAG.ResultReason, enumeration),
  resultMessage: optional(TAG.ResultMessage, text),
  asynchronousCorrelationValue: optional(TAG.AsynchronousCorrelationValue, bytes),
  responsePayload: optional(TAG.ResponsePayload, anyItem),
  messageExtension: repeated(TAG.MessageExtension, messageExtension),
});

function readItem(item: TtlvStructure, context: ReadContext): ResponseItem {
  const { operation: operationNumber, responsePayload, ...outcome } = batchItem.read(item, context);
  const operation = operationNumber === undefined ? null : operationNumbered(operationNumber);
  if (!operation) return { ...outcome, operation, operationNumber };
  const payload = responsePayload && OPERATIONS[operation].response.read(responsePayload, context);
  return { ...outcome, operation, ...(payload && { payload }) } as ResponseItem;
}

/**
 * Reads a response from a tree: {@link decodeResponse} without the bytes, for XML and JSON.
 *
 * @throws {@link KmipError} as {@link decodeResponse}, but for the bytes.
 */
export function readResponse(message: Ttlv, { unknownFields = "ignore" }: ReadOptions = {}): ResponseMessage {
  const { version, header, items } = openMessage(message, TAG.ResponseMessage, TAG.ResponseHeader);
  const context = { version, unknownFields };
  const { protocolVersion: _, batchCount, ...rest } = responseHeader.read(header, context);
  checkBatchCount(batchCount, items.length);
  return { version, header: rest, items: items.map((item) => readItem(item, context)) };
}

/**
 * Decodes a response. Fields that are not known are passed over: a server may be newer than its client.
 *
 * Treats `bytes` as hostile. Byte strings in the message are views of them.
 * Caller must: copy what it keeps longer than `bytes`, and not change `bytes` meanwhile.
 *
 * @throws {@link KmipError} `E_KMIP_TTLV`, `E_KMIP_LIMIT`, `E_KMIP_FIELD`, `E_KMIP_MISSING`, `E_KMIP_DUPLICATE`,
 * `E_KMIP_TYPE`, `E_KMIP_VERSION`, `E_KMIP_BATCH`
 */
export function decodeResponse(
  bytes: Uint8Array,
  options: ReadOptions & { readonly limits?: Limits } = {},
): ResponseMessage {
  return readResponse(decodeTtlv(bytes, options.limits), options);
}

/** The tree of a response: {@link encodeResponse} without the bytes, for XML and JSON. */
export function writeResponse({ version, header, items }: ResponseMessage): Ttlv {
  const head = { ...header, protocolVersion: protocolVersion(version), batchCount: items.length };
  return structure(TAG.ResponseMessage, [
    responseHeader.write(TAG.ResponseHeader, head, version),
    ...items.map((item) => writeItem(item, version)),
  ]);
}

function writeItem(item: ResponseItem, version: KmipVersion): Ttlv {
  const { operation, payload, ...outcome } = item;
  const number = item.operation === null ? item.operationNumber : ENUM.Operation[item.operation];
  const codec = operation === null ? null : (OPERATIONS[operation].response as Codec<unknown>);
  const fields = {
    ...outcome,
    operation: number,
    resultReason: outcome.resultReason === undefined ? undefined : reasonIn(version, outcome.resultReason),
    responsePayload: payload && codec?.write(TAG.ResponsePayload, payload, version),
  };
  return batchItem.write(TAG.BatchItem, fields, version);
}

/**
 * Encodes a response, with the fields, attributes and result reasons that its version has and no later ones: a client of
 * 1.0 need not know what came with 1.1, and some break on it.
 *
 * The buffer may hold key material: wipe it when it is sent.
 *
 * @throws {@link KmipError} `E_KMIP_ENCODE`
 */
export function encodeResponse(message: ResponseMessage): Buffer {
  return encodeTtlv(writeResponse(message));
}
