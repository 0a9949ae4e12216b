import { optional, required } from "../fields/field.ts";
import { enumeration, text } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";
import { operation } from "./operation.ts";

/**
 * Begins and ends a test case between implementations.
 *
 * @see KMIP 2.1 section 6.1
 */
export const interop = operation(
  {
    interopFunction: required(TAG.InteropFunction, enumeration),
    interopIdentifier: optional(TAG.InteropIdentifier, text),
  },
  {},
);
