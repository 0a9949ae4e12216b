import { optional, required } from "../fields/field.ts";
import { identifier } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";
import { operation } from "./operation.ts";

/**
 * Moves an object to the archive.
 *
 * @see KMIP 1.4 section 4.22
 */
export const archive = operation(
  {
    uniqueIdentifier: optional(TAG.UniqueIdentifier, identifier),
  },
  {
    uniqueIdentifier: required(TAG.UniqueIdentifier, identifier),
  },
);
