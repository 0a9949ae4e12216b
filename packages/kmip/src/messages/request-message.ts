import { KmipError } from "../errors.ts";
import type { Codec, ReadContext } from "../fields/codec.ts";
import { optional, repeated, required } from "../fields/field.ts";
import { struct } from "../fields/struct.ts";
import { anyItem, boolean, bytes, enumeration } from "../fields/values.ts";
import { OPERATIONS, type OperationName, operationNumbered, type RequestPayload } from "../payloads/operations.ts";
import { ENUM } from "../tags/enumeration-table.ts";
import { TAG } from "../tags/tag-table.ts";
import { decodeTtlv } from "../ttlv/decode-ttlv.ts";
import { encodeTtlv } from "../ttlv/encode-ttlv.ts";
import type { Limits } from "../ttlv/limits.ts";
import { childOf, structure, type Ttlv, type TtlvStructure, TYPE } from "../ttlv/ttlv.ts";
import { type KmipVersion, protocolVersion } from "../version.ts";
import { checkBatchCount, openMessage, type ReadOptions } from "./envelope.ts";
import { type RequestHeader, requestHeader } from "./headers.ts";
import { type MessageExtension, messageExtension } from "./message-extension.ts";

interface ItemFrame {
  /** Chosen by the client, to be repeated in the answer. Required when a batch has several items. */
  readonly uniqueBatchItemId?: Uint8Array | undefined;
  /** The client wants no answer's payload kept (2.0 on). */
  readonly ephemeral?: boolean | undefined;
  readonly messageExtension?: readonly MessageExtension[] | undefined;
}

/** One operation that is asked for, with its payload. */
export type RequestItem<O extends OperationName = OperationName> = {
  [N in O]: ItemFrame & { readonly operation: N; readonly payload: RequestPayload<N>; readonly refusal?: undefined };
}[O];

/**
 * A batch item that could not be read. The rest of its batch could: it is answered by itself, with the Result Reason of
 * `refusal.code`.
 */
export interface RefusedItem {
  readonly operation: null;
  /** The operation's number when it could be read, to be repeated in the answer. */
  readonly operationNumber?: number | undefined;
  readonly uniqueBatchItemId?: Uint8Array | undefined;
  readonly payload?: undefined;
  readonly refusal: KmipError;
}

/** A request, whichever version and encoding it came in. @see KMIP 1.4 section 7 */
export interface RequestMessage<Item = RequestItem | RefusedItem> {
  readonly version: KmipVersion;
  readonly header: RequestHeader;
  readonly items: readonly Item[];
}

const batchItem = struct({
  operation: required(TAG.Operation, enumeration),
  ephemeral: optional(TAG.Ephemeral, boolean, { since: "2.0" }),
  uniqueBatchItemId: optional(TAG.UniqueBatchItemID, bytes),
  requestPayload: required(TAG.RequestPayload, anyItem),
  messageExtension: repeated(TAG.MessageExtension, messageExtension),
});

function readItem(item: TtlvStructure, context: ReadContext): RequestItem | RefusedItem {
  try {
    const { operation: number, requestPayload, ...frame } = batchItem.read(item, context);
    const operation = operationNumbered(number);
    if (!operation) throw new KmipError("E_KMIP_OPERATION", "an operation that is not known", { operation: number });
    return { ...frame, operation, payload: OPERATIONS[operation].request.read(requestPayload, context) } as RequestItem;
  } catch (error) {
    if (!(error instanceof KmipError)) throw error;
    return refusedItem(item, error);
  }
}

function refusedItem(item: TtlvStructure, refusal: KmipError): RefusedItem {
  const operation = childOf(item, TAG.Operation);
  const id = childOf(item, TAG.UniqueBatchItemID);
  return {
    operation: null,
    operationNumber: operation?.type === TYPE.Enumeration ? operation.value : undefined,
    uniqueBatchItemId: id?.type === TYPE.ByteString ? id.value : undefined,
    refusal,
  };
}

/**
 * Reads a request from a tree: {@link decodeRequest} without the bytes, for XML and JSON.
 *
 * @throws {@link KmipError} `E_KMIP_FIELD`, `E_KMIP_MISSING`, `E_KMIP_DUPLICATE`, `E_KMIP_TYPE`, `E_KMIP_VERSION`,
 * `E_KMIP_BATCH` when the message as a whole cannot be read.
 */
export function readRequest(message: Ttlv, { unknownFields = "refuse" }: ReadOptions = {}): RequestMessage {
  const { version, header, items } = openMessage(message, TAG.RequestMessage, TAG.RequestHeader);
  const context = { version, unknownFields };
  const { protocolVersion: _, batchCount, ...rest } = requestHeader.read(header, context);
  checkBatchCount(batchCount, items.length);
  return { version, header: rest, items: items.map((item) => readItem(item, context)) };
}

/**
 * Decodes a request. An item that cannot be read is among the items with its refusal, so that the others can be served.
 *
 * Treats `bytes` as hostile. Byte strings in the message are views of them.
 * Caller must: copy what it keeps longer than `bytes`, and not change `bytes` meanwhile.
 *
 * @throws {@link KmipError} `E_KMIP_TTLV`, `E_KMIP_LIMIT` and those of {@link readRequest}, when the message as a whole
 * cannot be read. {@link claimedVersion} then says in which version to answer.
 * @see KMIP 1.4 section 7
 */
export function decodeRequest(
  bytes: Uint8Array,
  options: ReadOptions & { readonly limits?: Limits } = {},
): RequestMessage {
  return readRequest(decodeTtlv(bytes, options.limits), options);
}

/** The tree of a request: {@link encodeRequest} without the bytes, for XML and JSON. */
export function writeRequest({ version, header, items }: RequestMessage<RequestItem>): Ttlv {
  const head = { ...header, protocolVersion: protocolVersion(version), batchCount: items.length };
  return structure(TAG.RequestMessage, [
    requestHeader.write(TAG.RequestHeader, head, version),
    ...items.map((item) => writeItem(item, version)),
  ]);
}

function writeItem({ operation, payload, refusal: _, ...frame }: RequestItem, version: KmipVersion): Ttlv {
  const codec = OPERATIONS[operation].request as Codec<unknown>;
  const requestPayload = codec.write(TAG.RequestPayload, payload, version);
  return batchItem.write(TAG.BatchItem, { ...frame, operation: ENUM.Operation[operation], requestPayload }, version);
}

/**
 * Encodes a request, with the fields and attributes that its version has.
 *
 * @throws {@link KmipError} `E_KMIP_ENCODE`
 */
export function encodeRequest(message: RequestMessage<RequestItem>): Buffer {
  return encodeTtlv(writeRequest(message));
}
