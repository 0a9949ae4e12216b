import { optional, required } from "../fields/field.ts";
import { identifier } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";
import { operation } from "./operation.ts";

/**
 * Activates an object.
 *
 * @see KMIP 1.4 section 4.19
 */
export const activate = operation(
  {
    uniqueIdentifier: optional(TAG.UniqueIdentifier, identifier),
  },
  {
    uniqueIdentifier: required(TAG.UniqueIdentifier, identifier),
  },
);
