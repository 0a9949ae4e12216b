import { required } from "../fields/field.ts";
import { bytes } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";
import { operation } from "./operation.ts";

/**
 * Waits for an asynchronous request; the answer is that of its operation.
 *
 * @see KMIP 2.1 section 6.1
 */
export const process = operation(
  {
    asynchronousCorrelationValue: required(TAG.AsynchronousCorrelationValue, bytes),
  },
  {},
);
