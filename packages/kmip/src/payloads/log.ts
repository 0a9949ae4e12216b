import { required } from "../fields/field.ts";
import { text } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";
import { operation } from "./operation.ts";

/**
 * Writes a message to the server's log.
 *
 * @see KMIP 2.1 section 6.1
 */
export const log = operation(
  {
    logMessage: required(TAG.LogMessage, text),
  },
  {},
);
