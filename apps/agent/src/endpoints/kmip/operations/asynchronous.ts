import { ENUM } from "@holdfast/kmip";
import { asynchronousRequestsOf } from "../asynchronous-requests.ts";
import type { KmipContext } from "../kmip-context.ts";
import { OtherAnswer } from "../other-answer.ts";
import type { ForwardingOperation, KmipOperation } from "./kmip-operation.ts";

/** Asks for the answer of a request that is carried out later, and begins it. @see KMIP 2.1 section 6.1.35 */
export const poll: ForwardingOperation<"Poll"> = (context, { asynchronousCorrelationValue }) =>
  taken("Poll", context, asynchronousCorrelationValue);

/** Has a request carried out now that would be later. @see KMIP 2.1 section 6.1.36 */
export const processRequest: ForwardingOperation<"Process"> = (context, { asynchronousCorrelationValue }) =>
  taken("Process", context, asynchronousCorrelationValue);

/** The answer is that of the request's own operation; while it is under way there is none. */
function taken(
  operation: "Poll" | "Process",
  context: KmipContext,
  asynchronousCorrelationValue: Uint8Array,
): OtherAnswer {
  const { domain, caller } = context.session;
  const done = asynchronousRequestsOf(domain).take(caller.client.id, asynchronousCorrelationValue);
  if (done !== null) {
    context.closeLater(() => done.work.wipe());
    return new OtherAnswer(done.answer);
  }
  const { OperationPending } = ENUM.ResultStatus;
  return new OtherAnswer({ operation, resultStatus: OperationPending, asynchronousCorrelationValue });
}

/** Cancels a request that has not begun. @see KMIP 2.1 section 6.1.6 */
export const cancel: KmipOperation<"Cancel"> = ({ session }, { asynchronousCorrelationValue }) => ({
  asynchronousCorrelationValue,
  cancellationResult: asynchronousRequestsOf(session.domain).cancel(
    session.caller.client.id,
    asynchronousCorrelationValue,
  ),
});

/** Lists the client's requests that are carried out later. @see KMIP 2.1 section 6.1.39 */
export const queryAsynchronousRequests: KmipOperation<"QueryAsynchronousRequests"> = (
  { session },
  { asynchronousCorrelationValues, operations },
) => {
  const wanted = asynchronousCorrelationValues?.map((value) => Buffer.from(value).toString("hex"));
  const asynchronousRequest = asynchronousRequestsOf(session.domain)
    .list(session.caller.client.id)
    .filter(({ operation }) => operations === undefined || operations.includes(operation))
    .filter(({ asynchronousCorrelationValue: value }) => wanted?.includes(Buffer.from(value).toString("hex")) ?? true);
  return { asynchronousRequest };
};
