import { required } from "../fields/field.ts";
import { bytes, enumeration } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";
import { operation } from "./operation.ts";

/**
 * Cancels an asynchronous request.
 *
 * @see KMIP 1.4 section 4.27
 */
export const cancel = operation(
  {
    asynchronousCorrelationValue: required(TAG.AsynchronousCorrelationValue, bytes),
  },
  {
    asynchronousCorrelationValue: required(TAG.AsynchronousCorrelationValue, bytes),
    cancellationResult: required(TAG.CancellationResult, enumeration),
  },
);
