import { claimedVersion, ENUM, KMIP_VERSIONS, type KmipVersion } from "@holdfast/kmip";
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
 * @param request - The beginning of the request, whose protocol version is echoed where it can be read; else it is the newest spoken.
 */
export function encodeRefusal(refusal: KmipRefusal, encoding: KmipEncoding, request: Buffer, seconds: number): Buffer {
  const { reason, message } = WORDS[refusal];
  const version = (encoding === "ttlv" ? claimedVersion(request) : writtenVersion(request)) ?? NEWEST;
  const item = {
    operation: null,
    resultStatus: ENUM.ResultStatus.OperationFailed,
    resultReason: ENUM.ResultReason[reason],
    resultMessage: message,
  } as const;
  return encodeMessage({ version, header: { timeStamp: seconds }, items: [item] }, encoding);
}

const NEWEST = KMIP_VERSIONS[KMIP_VERSIONS.length - 1] as KmipVersion;
const BEGINNING_BYTES = 1024;
const MAJOR = /ProtocolVersionMajor[^<>{}]{0,60}?value"?\s*[=:]\s*"?(0x[0-9a-f]{1,8}|[0-9]{1,4})/i;
const MINOR = /ProtocolVersionMinor[^<>{}]{0,60}?value"?\s*[=:]\s*"?(0x[0-9a-f]{1,8}|[0-9]{1,4})/i;

/** The version that a message in XML or JSON states at its beginning; null where none that is spoken is found there. */
function writtenVersion(request: Buffer): KmipVersion | null {
  const text = request.toString("latin1", 0, BEGINNING_BYTES);
  const [major, minor] = [MAJOR, MINOR].map((form) => Number(form.exec(text)?.[1] ?? Number.NaN));
  return KMIP_VERSIONS.find((version) => version === `${major}.${minor}`) ?? null;
}
