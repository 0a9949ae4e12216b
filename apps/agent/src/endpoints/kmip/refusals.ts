import type { KmipEncoding } from "./kmip-answerer.ts";

/** Why a message is answered by the endpoint itself, unread. */
export type KmipRefusal =
  | "client"
  | "sealed"
  | "no-domain"
  | "too-large"
  | "malformed"
  | "busy"
  | "not-served"
  | "fault";

/** Why a connection is ended or not taken. Counted in `/metrics`. */
export type KmipEnding =
  | "handshake"
  | "handshakes-of-address"
  | "handshakes"
  | "connections"
  | "connections-of-client"
  | "not-kmip"
  | "slow-request"
  | "slow-reader"
  | "idle"
  | "withdrawn";

/** Result Reason by name and value, and the Result Message. @see KMIP 1.4 section 9.1.3.2.29 */
interface Words {
  readonly reason: readonly [name: string, value: number];
  readonly message: string;
}

const FAILURE = ["GeneralFailure", 0x100] as const;
const WORDS: Readonly<Record<KmipRefusal, Words>> = {
  client: {
    reason: ["AuthenticationNotSuccessful", 0x03],
    message: "The certificate is not one of a client that may use this key server.",
  },
  sealed: { reason: FAILURE, message: "The key server is sealed." },
  "no-domain": { reason: FAILURE, message: "The key server has no domain yet." },
  "too-large": { reason: ["InvalidMessage", 0x04], message: "The request is larger than is taken." },
  malformed: { reason: ["InvalidMessage", 0x04], message: "The request is not one request message." },
  "not-served": { reason: ["OperationNotSupported", 0x05], message: "The operation is not served in this version." },
  busy: { reason: FAILURE, message: "Too much is being uploaded at once." },
  fault: { reason: FAILURE, message: "The request failed inside the key server." },
};

/**
 * The response message of a refusal.
 *
 * @param request - The beginning of the request, whose protocol version is echoed where it can be read; else it is 1.0.
 */
export function encodeRefusal(refusal: KmipRefusal, encoding: KmipEncoding, request: Buffer, seconds: number): Buffer {
  const [major, minor] = encoding === "ttlv" ? versionOf(request) : [1, 0];
  const { reason, message } = WORDS[refusal];
  const root: Item = {
    tag: ["ResponseMessage", 0x7b],
    items: [
      {
        tag: ["ResponseHeader", 0x7a],
        items: [
          {
            tag: ["ProtocolVersion", 0x69],
            items: [integer("ProtocolVersionMajor", 0x6a, major), integer("ProtocolVersionMinor", 0x6b, minor)],
          },
          { tag: ["TimeStamp", 0x92], type: ["DateTime", 9], value: seconds },
          integer("BatchCount", 0x0d, 1),
        ],
      },
      {
        tag: ["BatchItem", 0x0f],
        items: [
          { tag: ["ResultStatus", 0x7f], type: ["Enumeration", 5], value: 1, name: "OperationFailed" },
          { tag: ["ResultReason", 0x7e], type: ["Enumeration", 5], value: reason[1], name: reason[0] },
          { tag: ["ResultMessage", 0x7d], type: ["TextString", 7], value: message },
        ],
      },
    ],
  };
  if (encoding === "ttlv") return ttlv(root);
  return Buffer.from(encoding === "xml" ? xml(root) : JSON.stringify(json(root)), "utf8");
}

/** A structure, or a value of one of the four types that refusals have. */
type Item = Structure | Value;
interface Structure {
  readonly tag: readonly [name: string, value: number];
  readonly items: readonly Item[];
}
interface Value {
  readonly tag: readonly [name: string, value: number];
  readonly type: readonly [name: "Integer" | "Enumeration" | "DateTime" | "TextString", value: number];
  readonly value: number | string;
  /** An enumeration's value in words. */
  readonly name?: string;
}

function integer(name: string, tag: number, value: number): Value {
  return { tag: [name, tag], type: ["Integer", 2], value };
}

const HEADER_BYTES = 8;

/** @see KMIP 1.4 section 9.1 */
function ttlv(item: Item): Buffer {
  const value = "items" in item ? Buffer.concat(item.items.map(ttlv)) : valueBytes(item);
  const bytes = Buffer.alloc(HEADER_BYTES + Math.ceil(value.length / 8) * 8);
  bytes.writeUIntBE(0x420000 + item.tag[1], 0, 3);
  bytes.writeUInt8("items" in item ? 1 : item.type[1], 3);
  bytes.writeUInt32BE(value.length, 4);
  value.copy(bytes, HEADER_BYTES);
  return bytes;
}

function valueBytes({ type, value }: Value): Buffer {
  if (typeof value === "string") return Buffer.from(value, "utf8");
  const bytes = Buffer.alloc(type[0] === "DateTime" ? 8 : 4);
  bytes.writeUIntBE(value, bytes.length - 4, 4);
  return bytes;
}

function xml(item: Item): string {
  const [name] = item.tag;
  if ("items" in item) return `<${name}>${item.items.map(xml).join("")}</${name}>`;
  return `<${name} type="${item.type[0]}" value="${inWords(item)}"/>`;
}

function json(item: Item): object {
  const [tag] = item.tag;
  if ("items" in item) return { tag, value: item.items.map(json) };
  return { tag, type: item.type[0], value: inWords(item) };
}

function inWords({ type, value, name }: Value): string | number {
  return type[0] === "DateTime" ? new Date(Number(value) * 1000).toISOString() : (name ?? value);
}

/** The protocol version that stands at the beginning of every request, read where it stands and nowhere else. */
function versionOf(request: Buffer): readonly [number, number] {
  const isThere =
    request.length >= 56 &&
    request.readUInt32BE(8) === 0x42007701 &&
    request.readUInt32BE(16) === 0x42006901 &&
    request.readUInt32BE(24) === 0x42006a02 &&
    request.readUInt32BE(40) === 0x42006b02;
  if (!isThere) return [1, 0];
  const [major, minor] = [request.readUInt32BE(32), request.readUInt32BE(48)];
  return major === 1 || major === 2 ? [major, Math.min(minor, 9)] : [1, 0];
}
