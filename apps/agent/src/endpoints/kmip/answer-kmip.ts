import {
  ENUM,
  encodeResponse,
  type KmipVersion,
  type RequestMessage,
  type ResponseHeader,
  type ResponseItem,
  type ResponseMessage,
} from "@holdfast/kmip";
import { answerLater, isAnsweredLater } from "./answer-later.ts";
import { encodeMessage } from "./encode-message.ts";
import type { KmipAnswerer, KmipEncoding, KmipSession } from "./kmip-answerer.ts";
import { KmipContext } from "./kmip-context.ts";
import { readMessage } from "./read-message.ts";
import { failureOf } from "./result-reason.ts";
import { runBatch } from "./run-batch.ts";

const { OperationFailed } = ENUM.ResultStatus;

/**
 * Answers KMIP messages of clients: read, carried out item by item through the one door, written in the version and the
 * encoding in which they came.
 *
 * A message whose items all wait for nothing costs no promise. Credentials inside a message are read and are never an
 * identity: who asks is who TLS proved. A time stamp is not judged: clients' clocks differ.
 */
export const answerKmip: KmipAnswerer = (message, session) => {
  const read = readMessage(message, session.encoding);
  if (read.refusal !== undefined) {
    const { reason, message: words } = failureOf(read.refusal);
    return refusal(session, read.version, { reason, message: words });
  }
  const { request } = read;
  const context = new KmipContext(request.version, request.header, session);
  if (isAnsweredLater(request)) return finish(context, request, takenForLater(message, session));
  const answered = runBatch(context, request);
  if (!(answered instanceof Promise)) return finish(context, request, answered);
  return answered.then((items) => finish(context, request, items));
};

/** The message is a view: what is carried out later is read from a copy. */
function takenForLater(message: Buffer, session: KmipSession): ResponseItem[] {
  const copy = Buffer.from(message);
  const { request } = readMessage(copy, session.encoding) as { readonly request: RequestMessage };
  let open = request.items.length;
  return answerLater(session, request, () => {
    open -= 1;
    if (open === 0) copy.fill(0);
  });
}

/** The answer as bytes; what of it was key material is wiped. */
function finish(context: KmipContext, { version, header }: RequestMessage, items: readonly ResponseItem[]): Buffer {
  try {
    const response = { version, header: headerOf(context), items };
    const { maximumResponseSize = Number.POSITIVE_INFINITY } = header;
    const { encoding } = context.session;
    const bytes = encodeMessage(response, encoding);
    if (maximumResponseSize >= sizeOf(response, bytes, encoding)) return bytes;
    bytes.fill(0);
    return tooLarge(context, items);
  } finally {
    context.close();
  }
}

/** The size of a message is that of its binary form, whatever it travels in: profiles give all forms one limit. */
function sizeOf(response: ResponseMessage, bytes: Buffer, encoding: KmipEncoding): number {
  if (encoding === "ttlv") return bytes.byteLength;
  const binary = encodeResponse(response);
  binary.fill(0);
  return binary.byteLength;
}

/** What a client says to tell its messages apart is for logs; it is not repeated. @see KMIP 2.1 section 8.1 */
function headerOf({ now }: KmipContext): ResponseHeader {
  return { timeStamp: now };
}

/** What was done stays done; the client learns that it has to ask with more room. */
function tooLarge(context: KmipContext, items: readonly ResponseItem[]): Buffer {
  const { version, session } = context;
  const only = items.length === 1 ? items[0] : undefined;
  const operation = only?.operation ?? null;
  const failure = {
    reason: ENUM.ResultReason.ResponseTooLarge,
    message: "The answer is larger than the request allows.",
  };
  return encodeMessage(
    {
      version,
      header: headerOf(context),
      items: [failureItem(failure, { operation, uniqueBatchItemId: only?.uniqueBatchItemId })],
    },
    session.encoding,
  );
}

/** The answer to a message that could not be read. */
function refusal(
  { domain, encoding }: KmipSession,
  version: KmipVersion,
  failure: { readonly reason: number; readonly message: string },
): Buffer {
  return encodeMessage(
    { version, header: { timeStamp: domain.guard.time() }, items: [failureItem(failure)] },
    encoding,
  );
}

function failureItem(
  { reason, message }: { readonly reason: number; readonly message: string },
  frame: Pick<ResponseItem, "operation" | "uniqueBatchItemId"> = { operation: null },
): ResponseItem {
  return { ...frame, resultStatus: OperationFailed, resultReason: reason, resultMessage: message } as ResponseItem;
}
