import { optional, repeated, required } from "../fields/field.ts";
import { dateTime, enumeration, identifier } from "../fields/values.ts";
import { certificate } from "../objects/managed-object.ts";
import { TAG } from "../tags/tag-table.ts";
import { operation } from "./operation.ts";

/**
 * Validates a chain of certificates.
 *
 * @see KMIP 1.4 section 4.24
 */
export const validate = operation(
  {
    certificate: repeated(TAG.Certificate, certificate),
    uniqueIdentifier: repeated(TAG.UniqueIdentifier, identifier),
    validityDate: optional(TAG.ValidityDate, dateTime),
  },
  {
    validityIndicator: required(TAG.ValidityIndicator, enumeration),
  },
);
