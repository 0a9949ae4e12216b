import type { IncomingMessage, ServerResponse } from "node:http";
import type { TLSSocket } from "node:tls";
import { faultFields } from "../fault-fields.ts";
import type { Counters } from "../metrics/counters.ts";
import { peerOf } from "../peer.ts";
import { sendProblem, sendReply } from "../rest/answer.ts";
import { RestError } from "../rest/errors.ts";
import { readBeginning, readBody } from "../rest/read-body.ts";
import type { ServedAgent } from "../served-agent.ts";
import type { HostCheck } from "../server-names.ts";
import type { KmipAnswerer, KmipEncoding, KmipSession } from "./kmip-answerer.ts";
import { KMIP_LIMITS } from "./limits.ts";
import { encodeRefusal, type KmipRefusal } from "./refusals.ts";
import { sessionOf } from "./session.ts";

/** What KMIP over HTTPS is answered with. */
export interface HttpKmipParts {
  readonly agent: ServedAgent;
  readonly answer: KmipAnswerer;
  readonly hosts: HostCheck;
  readonly counters: Counters;
}

/** Path of KMIP over HTTPS. */
export const KMIP_PATH = "/kmip";

const ENCODINGS: Readonly<Record<string, KmipEncoding>> = {
  "application/octet-stream": "ttlv",
  "text/xml": "xml",
  "application/xml": "xml",
  "application/json": "json",
};
/** Why a body was not read, in KMIP's words and in HTTP's. */
const UNREAD: Readonly<Record<string, readonly [KmipRefusal, number]>> & {
  readonly E_LIMIT: readonly [KmipRefusal, number];
} = { E_LIMIT: ["too-large", 413], E_BUSY: ["busy", 503] };
const HEADER_BYTES = 8;
/** As much of a message as has its version. */
const BEGINNING_BYTES = 1024;
const REQUEST_MESSAGE = 0x42007801;

/**
 * KMIP over HTTPS: one message a POST, answered in the encoding it came in by the same answerer as on a connection of
 * KMIP's own.
 *
 * What is wrong with the HTTP request is a problem document, as everywhere on this listener, because no encoding is known by then.
 * What is said about a message is a message: under status 200, or 413 and 503 where its bytes were not taken.
 *
 * @see KMIP Profiles 1.4 section 4.3, HTTPS client and server
 */
export function kmipOverHttp(parts: HttpKmipParts): (request: IncomingMessage, response: ServerResponse) => void {
  const { agent, answer, counters } = parts;
  return (request, response) => {
    const begun = performance.now();
    const settle = (status: number): void => counters.request("kmip", status, performance.now() - begun);
    const problem = (cause: unknown): void => settle(sendProblem(response, cause).status);
    let encoding: KmipEncoding;
    try {
      encoding = encodingOf(parts, request);
    } catch (cause) {
      problem(cause);
      return;
    }
    const send = (body: Buffer, status = 200): void => {
      sendReply(response, { status, body, type: request.headers["content-type"] ?? "" });
      settle(status);
    };
    const refuse = (refusal: KmipRefusal, message: Buffer, status = 200): void => {
      counters.kmip.refuse(refusal);
      send(encodeRefusal(refusal, encoding, message, Math.floor(Date.now() / 1000)), status);
    };
    const session = (): KmipSession | KmipRefusal =>
      sessionOf(agent, peerOf(request.socket as TLSSocket), { encoding, connection: request.socket, last: null });
    const ask = async (message: Buffer): Promise<void> => {
      const asking = session();
      if (typeof asking === "string") return refuse(asking, message);
      if (encoding === "ttlv" && !isOneMessage(message)) return refuse("malformed", message);
      const answered = await answer(message, asking);
      counters.kmip.request(encoding, performance.now() - begun);
      send(answered);
    };
    const early = session(); // of a stranger's body no more is read than says in which version to answer
    if (typeof early === "string") {
      readBeginning(request, BEGINNING_BYTES, (beginning) => refuse(early, beginning));
      return;
    }
    const take = (refusal: RestError | null, message: Buffer): void => {
      if (refusal !== null) {
        const [why, status] = UNREAD[refusal.code] ?? UNREAD.E_LIMIT;
        refuse(why, message, status);
        return;
      }
      ask(message).catch((cause: unknown) => {
        agent.logger.error("kmip.fault", faultFields(cause));
        refuse("fault", message);
      });
    };
    readBody(request, take, KMIP_LIMITS.messageBytes);
  };
}

/** @throws {@link RestError} `E_HOST`, `E_METHOD`, `E_CONTENT_TYPE` */
function encodingOf({ hosts }: HttpKmipParts, { method, headers }: IncomingMessage): KmipEncoding {
  if (!hosts.accepts(headers.host)) throw new RestError("E_HOST");
  if (method !== "POST") throw new RestError("E_METHOD", undefined, { allow: "POST" });
  const [, type = ""] =
    /^([a-z/+-]{1,40})\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i.exec(headers["content-type"] ?? "") ?? [];
  const encoding = Object.hasOwn(ENCODINGS, type.toLowerCase()) ? ENCODINGS[type.toLowerCase()] : undefined;
  if (encoding === undefined || headers["content-encoding"] !== undefined)
    throw new RestError(
      "E_CONTENT_TYPE",
      "A KMIP message is application/octet-stream (TTLV), text/xml or application/json.",
    );
  return encoding;
}

function isOneMessage(message: Buffer): boolean {
  return (
    message.length >= HEADER_BYTES &&
    message.readInt32BE(0) === REQUEST_MESSAGE &&
    message.readUInt32BE(4) === message.length - HEADER_BYTES
  );
}
