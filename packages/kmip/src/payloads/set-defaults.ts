import { optional } from "../fields/field.ts";
import { TAG } from "../tags/tag-table.ts";
import { defaultsInformation } from "./defaults-information.ts";
import { operation } from "./operation.ts";

/**
 * Sets the attributes that objects get when a request gives none.
 *
 * @see KMIP 2.1 section 6.1
 */
export const setDefaults = operation(
  {
    defaultsInformation: optional(TAG.DefaultsInformation, defaultsInformation),
  },
  {},
);
