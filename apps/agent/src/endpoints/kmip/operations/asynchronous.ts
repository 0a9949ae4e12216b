import { ENUM } from "@holdfast/kmip";
import { refuse } from "../refused.ts";
import type { KmipOperation } from "./kmip-operation.ts";

// Every operation is done when it is answered. A client that permits an asynchronous answer is answered at once, and
// none is ever under way for it.

/** Asks how far an asynchronous request is. @see KMIP 2.1 section 6.1.35 */
export const poll: KmipOperation<"Poll"> = () =>
  refuse("InvalidAsynchronousCorrelationValue", "No request of this client is under way.");

/** Cancels an asynchronous request: there is none to cancel. @see KMIP 2.1 section 6.1.6 */
export const cancel: KmipOperation<"Cancel"> = (_context, { asynchronousCorrelationValue }) => ({
  asynchronousCorrelationValue,
  cancellationResult: ENUM.CancellationResult.Unavailable,
});

/** Lists asynchronous requests that are under way. @see KMIP 2.1 section 6.1.39 */
export const queryAsynchronousRequests: KmipOperation<"QueryAsynchronousRequests"> = () => ({
  asynchronousRequest: [],
});
