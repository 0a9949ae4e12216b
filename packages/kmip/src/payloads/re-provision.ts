import { optional } from "../fields/field.ts";
import { anyItem, identifier } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";
import { operation } from "./operation.ts";

/**
 * Gives a client new credentials.
 *
 * @see KMIP 2.1 section 6.1
 */
export const reProvision = operation(
  {
    certificateRequest: optional(TAG.CertificateRequest, anyItem),
    certificate: optional(TAG.Certificate, anyItem),
  },
  {
    uniqueIdentifier: optional(TAG.UniqueIdentifier, identifier),
  },
);
