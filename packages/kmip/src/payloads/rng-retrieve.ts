import { required } from "../fields/field.ts";
import { bytes, integer } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";
import { operation } from "./operation.ts";

/**
 * Gives random bytes.
 *
 * @see KMIP 1.4 section 4.35
 */
export const rngRetrieve = operation(
  {
    dataLength: required(TAG.DataLength, integer),
  },
  {
    data: required(TAG.Data, bytes),
  },
);
