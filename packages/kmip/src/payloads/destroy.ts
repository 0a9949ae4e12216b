import { optional, required } from "../fields/field.ts";
import { identifier } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";
import { operation } from "./operation.ts";

/**
 * Destroys the key material of an object.
 *
 * @see KMIP 1.4 section 4.21
 */
export const destroy = operation(
  {
    uniqueIdentifier: optional(TAG.UniqueIdentifier, identifier),
  },
  {
    uniqueIdentifier: required(TAG.UniqueIdentifier, identifier),
  },
);
