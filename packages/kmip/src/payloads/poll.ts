import { required } from "../fields/field.ts";
import { bytes } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";
import { operation } from "./operation.ts";

/**
 * Asks for the result of an asynchronous request; the answer is that of its operation.
 *
 * @see KMIP 1.4 section 4.28
 */
export const poll = operation(
  {
    asynchronousCorrelationValue: required(TAG.AsynchronousCorrelationValue, bytes),
  },
  {},
);
