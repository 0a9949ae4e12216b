/**
 * KMIP 1.0 to 2.1: messages from bytes and to bytes.
 *
 * @example
 * ```ts
 * const request = decodeRequest(frame);
 * const items = request.items.map((item): ResponseItem => {
 *   if (item.refusal) return { ...failed(item), resultReason: resultReasonOf(item.refusal.code) };
 *   if (item.operation === "Get") return answerGet(item.payload.uniqueIdentifier);
 *   return { operation: item.operation, resultStatus: 1, resultReason: ENUM.ResultReason.OperationNotSupported };
 * });
 * socket.write(encodeResponse({ version: request.version, header: { timeStamp: now }, items }));
 * ```
 * @packageDocumentation
 */

export {
  type Attribute,
  isAttributeOf,
  type StandardAttribute,
  type VendorAttribute,
} from "./attributes/attribute.ts";
export { findAttribute, findAttributes } from "./attributes/attribute-list.ts";
export type { AttributeReference } from "./attributes/attribute-reference.ts";
export { type AttributeRule, attributeRule, type Permission } from "./attributes/attribute-rules.ts";
export {
  ATTRIBUTE_NAMES,
  type AttributeName,
  type AttributeValues,
  hasAttribute,
} from "./attributes/attribute-table.ts";
export type { CryptographicParameters, Name } from "./attributes/structures.ts";
export { KMIP_ERROR_CODES, KmipError, type KmipErrorCode, resultReasonOf } from "./errors.ts";
export type { Identifier } from "./fields/values.ts";
export type { Credential } from "./messages/authentication.ts";
export { claimedVersion, type ReadOptions } from "./messages/envelope.ts";
export type { RequestHeader, ResponseHeader } from "./messages/headers.ts";
export type { MessageExtension } from "./messages/message-extension.ts";
export {
  decodeRequest,
  encodeRequest,
  type RefusedItem,
  type RequestItem,
  type RequestMessage,
  readRequest,
  writeRequest,
} from "./messages/request-message.ts";
export {
  decodeResponse,
  encodeResponse,
  type Outcome,
  type ResponseItem,
  type ResponseMessage,
  readResponse,
  writeResponse,
} from "./messages/response-message.ts";
export { reasonIn } from "./messages/result-reason.ts";
export type { KeyBlock } from "./objects/key-block.ts";
export { decodeKeyValue, encodeKeyValue, type KeyValue } from "./objects/key-value.ts";
export type { KeyWrappingData, KeyWrappingSpecification } from "./objects/key-wrapping.ts";
export { type ManagedObject, type ObjectTypeName, objectTypeName } from "./objects/managed-object.ts";
export type { TransparentFormat, TransparentKey } from "./objects/transparent-key.ts";
export {
  OPERATION_NAMES,
  type OperationName,
  operationNumbered,
  type RequestPayload,
  type ResponsePayload,
} from "./payloads/operations.ts";
export { discoveredVersions, objectTypesIn, operationsIn } from "./profiles/version-support.ts";
export { ENUM } from "./tags/enumeration-table.ts";
export { MASK } from "./tags/mask-table.ts";
export {
  type EnumerationName,
  enumerationName,
  enumerationValue,
  type TagName,
  tagName,
  tagNamed,
  tagTitle,
} from "./tags/names.ts";
export { TAG } from "./tags/tag-table.ts";
export { bitsIn, hasTag, hasValue } from "./tags/versions.ts";
export { bigIntegerFromUnsigned, unsignedFromBigInteger } from "./ttlv/big-integer.ts";
export { decodeTtlv, messageBytes } from "./ttlv/decode-ttlv.ts";
export { encodeTtlv } from "./ttlv/encode-ttlv.ts";
export { readJson } from "./ttlv/json/read-json.ts";
export { writeJson } from "./ttlv/json/write-json.ts";
export { DEFAULT_LIMITS, type Limits } from "./ttlv/limits.ts";
export { structure, type Ttlv, type TtlvStructure, TYPE, type TypeName } from "./ttlv/ttlv.ts";
export { readXml } from "./ttlv/xml/read-xml.ts";
export { writeXml } from "./ttlv/xml/write-xml.ts";
export {
  isVersion2,
  KMIP_VERSIONS,
  type KmipVersion,
  type ProtocolVersion,
  protocolVersion,
  spokenVersion,
} from "./version.ts";
