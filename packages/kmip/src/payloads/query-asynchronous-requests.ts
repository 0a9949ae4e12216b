import { optional, repeated, required } from "../fields/field.ts";
import { struct } from "../fields/struct.ts";
import { bytes, dateTime, enumeration, listOf } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";
import { operation } from "./operation.ts";

const asynchronousRequest = struct({
  asynchronousCorrelationValue: required(TAG.AsynchronousCorrelationValue, bytes),
  operation: required(TAG.Operation, enumeration),
  submissionDate: required(TAG.SubmissionDate, dateTime),
  processingStage: required(TAG.ProcessingStage, enumeration),
});

/**
 * Lists asynchronous requests that are not done.
 *
 * @see KMIP 2.1 section 6.1
 */
export const queryAsynchronousRequests = operation(
  {
    asynchronousCorrelationValues: optional(
      TAG.AsynchronousCorrelationValues,
      listOf(TAG.AsynchronousCorrelationValue, bytes),
    ),
    operations: optional(TAG.Operations, listOf(TAG.Operation, enumeration)),
  },
  {
    asynchronousRequest: repeated(TAG.AsynchronousRequest, asynchronousRequest),
  },
);
