import type { OperationName, RequestPayload, ResponsePayload } from "@holdfast/kmip";
import type { KmipContext } from "../kmip-context.ts";
import type { OtherAnswer } from "../other-answer.ts";

/**
 * One operation of KMIP: a translation of its payload to the door and of the door's answer to its payload, nothing else.
 *
 * What waits for nothing returns the payload itself, and costs no promise. A refusal is thrown: {@link KmipRefusedError},
 * or what the door throws. An operation that makes or finds an object says so to `context.ids`.
 */
export type KmipOperation<O extends OperationName> = (
  context: KmipContext,
  payload: RequestPayload<O>,
) => ResponsePayload<O> | Promise<ResponsePayload<O>>;

/** An operation that is answered as another one would be, or with no payload yet. */
export type ForwardingOperation<O extends OperationName> = (
  context: KmipContext,
  payload: RequestPayload<O>,
) => OtherAnswer;

/** Which operations are served, by name. What is not among them is Operation Not Supported. */
export type OperationTable = {
  readonly [O in OperationName]?: KmipOperation<O> | ForwardingOperation<O>;
};
