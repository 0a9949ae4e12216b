import { attributeList } from "../attributes/attribute-fields.ts";
import { optional, renamed, required } from "../fields/field.ts";
import { bytes, enumeration, identifier } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";
import { operation } from "./operation.ts";
import { protectionStorageMasks } from "./protection-storage-masks.ts";

/**
 * Makes a certificate for a public key.
 *
 * @see KMIP 1.4 section 4.7
 */
export const certify = operation(
  {
    uniqueIdentifier: optional(TAG.UniqueIdentifier, identifier),
    certificateRequestType: optional(TAG.CertificateRequestType, enumeration),
    certificateRequest: renamed(
      optional(TAG.CertificateRequest, bytes, { until: "1.4" }),
      optional(TAG.CertificateRequestValue, bytes, { since: "2.0" }),
    ),
    attributes: attributeList("optional", TAG.TemplateAttribute, TAG.Attributes),
    protectionStorageMasks,
  },
  {
    uniqueIdentifier: required(TAG.UniqueIdentifier, identifier),
    attributes: attributeList("optional", TAG.TemplateAttribute, null),
  },
);
