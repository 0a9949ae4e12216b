import { required } from "../fields/field.ts";
import { bytes, integer } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";
import { operation } from "./operation.ts";

/**
 * Gives entropy to the server.
 *
 * @see KMIP 1.4 section 4.36
 */
export const rngSeed = operation(
  {
    data: required(TAG.Data, bytes),
  },
  {
    dataLength: required(TAG.DataLength, integer),
  },
);
