import { claimedVersion, ENUM, KMIP_VERSIONS } from "@holdfast/kmip";
import { encodeMessage } from "./encode-message.ts";
import type { KmipEncoding } from "./kmip-answerer.ts";
import type { ReasonName } from "./refused.ts";

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

/** Result Reason and Result Message. @see KMIP 2.1 section 11.50 */
interface Words {
  readonly reason: ReasonName;
  readonly message: string;
}

const WORDS: Readonly<Record<KmipRefusal, Words>> = {
  client: {
    reason: "AuthenticationNotSuccessful",
    message: "The certificate is not one of a client that may use this key server.",
  },
  sealed: { reason: "GeneralFailure", message: "The key server is sealed." },
  "no-domain": { reason: "GeneralFailure", message: "The key server has no domain yet." },
  "too-large": { reason: "InvalidMessage", message: "The request is larger than is taken." },
  malformed: { reason: "InvalidMessage", message: "The request is not one request message." },
  "not-served": { reason: "OperationNotSupported", message: "The operation is not served in this version." },
  busy: { reason: "GeneralFailure", message: "Too much is being uploaded at once." },
  fault: { reason: "GeneralFailure", message: "The request failed inside the key server." },
};

/**
 * The response message of a refusal, in the form that every answer in that encoding has.
 *
 * @param request - The beginning of the request, whose protocol version is echoed where it can be read; else it is 1.0.
 */
export function encodeRefusal(refusal: KmipRefusal, encoding: KmipEncoding, request: Buffer, seconds: number): Buffer {
  const { reason, message } = WORDS[refusal];
  const version = (encoding === "ttlv" ? claimedVersion(request) : null) ?? KMIP_VERSIONS[0];
  const item = {
    operation: null,
    resultStatus: ENUM.ResultStatus.OperationFailed,
    resultReason: ENUM.ResultReason[reason],
    resultMessage: message,
  } as const;
  return encodeMessage({ version, header: { timeStamp: seconds }, items: [item] }, encoding);
}
