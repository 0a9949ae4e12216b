import { ENUM, type OperationName, type RequestItem, type RequestMessage, type ResponseItem } from "@holdfast/kmip";
import { asynchronousRequestsOf, type LaterWork } from "./asynchronous-requests.ts";
import type { KmipSession } from "./kmip-answerer.ts";
import { KmipContext } from "./kmip-context.ts";
import { KmipRefusedError, refuse } from "./refused.ts";
import { failureOf } from "./result-reason.ts";
import { answerItem } from "./run-batch.ts";

const { Mandatory, Optional } = ENUM.AsynchronousIndicator;
const { OperationFailed, OperationPending } = ENUM.ResultStatus;
/** What may take long, and is answered later to whom allows it. */
const MAY_TAKE_LONG: ReadonlySet<OperationName> = new Set(["Locate", "CreateKeyPair", "ReKeyKeyPair"]);
/** What asks of other requests is never one itself. */
const OF_REQUESTS: ReadonlySet<OperationName> = new Set(["Poll", "Cancel", "Process", "QueryAsynchronousRequests"]);

/** Whether a request is answered later: its client demands it, or allows it for what may take long. */
export function isAnsweredLater({ header, items }: RequestMessage): boolean {
  if (header.asynchronousIndicator === Mandatory) return true;
  const [only, ...others] = items;
  return (
    header.asynchronousIndicator === Optional &&
    others.length === 0 &&
    only?.operation != null &&
    MAY_TAKE_LONG.has(only.operation)
  );
}

/**
 * Takes a request to carry it out later, each item for itself: none knows what another brought about.
 *
 * @param request - Read from bytes that nobody else changes.
 * @param wipe - Wipes those bytes.
 * @returns the answers: pending, each with its correlation value
 */
export function answerLater(session: KmipSession, request: RequestMessage, wipe: () => void): ResponseItem[] {
  return request.items.map((item) => {
    const { uniqueBatchItemId } = item;
    try {
      if (item.operation === null) throw item.refusal;
      if (OF_REQUESTS.has(item.operation)) refuse("FeatureNotSupported", `${item.operation} is answered at once.`);
      const { caller, domain } = session;
      const work = laterWork(session, { request, item, wipe });
      const asynchronousCorrelationValue = asynchronousRequestsOf(domain).submit(
        caller.client.id,
        work,
        domain.operations.now,
      );
      const { operation } = item;
      const outcome = { uniqueBatchItemId, resultStatus: OperationPending, asynchronousCorrelationValue };
      return { operation, ...outcome } as ResponseItem;
    } catch (cause) {
      const { reason: resultReason, message: resultMessage } = failureOf(cause);
      const outcome = { uniqueBatchItemId, resultStatus: OperationFailed, resultReason, resultMessage };
      return { operation: item.operation, ...outcome } as ResponseItem;
    }
  });
}

/** One item, carried out with the rights that its client has by then. */
function laterWork(
  session: KmipSession,
  given: { readonly request: RequestMessage; readonly item: RequestItem; readonly wipe: () => void },
): LaterWork {
  const { version, header } = given.request;
  let context: KmipContext | null = null;
  return {
    operation: given.item.operation,
    run: () => {
      try {
        const { domain, caller } = session;
        const client = domain.operations.identify(caller.client.auth.spki);
        context = new KmipContext(version, header, { ...session, caller: { ...caller, client } });
        return answerItem(context, given.item);
      } catch {
        const gone = new KmipRefusedError("AuthenticationNotSuccessful", "The client may use this key server no more.");
        const { reason: resultReason, message: resultMessage } = failureOf(gone);
        const { operation } = given.item;
        return { operation, resultStatus: OperationFailed, resultReason, resultMessage } as ResponseItem;
      }
    },
    wipe: () => {
      context?.close();
      given.wipe();
    },
  };
}
