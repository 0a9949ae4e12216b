import { attributeList } from "../attributes/attribute-fields.ts";
import { optional, renamed, required } from "../fields/field.ts";
import { bytes, enumeration, identifier, interval } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";
import { operation } from "./operation.ts";
import { protectionStorageMasks } from "./protection-storage-masks.ts";

/**
 * Makes a certificate that replaces another.
 *
 * @see KMIP 1.4 section 4.8
 */
export const reCertify = operation(
  {
    uniqueIdentifier: optional(TAG.UniqueIdentifier, identifier),
    certificateRequestUniqueIdentifier: optional(TAG.CertificateRequestUniqueIdentifier, identifier, { since: "2.0" }),
    certificateRequestType: optional(TAG.CertificateRequestType, enumeration),
    certificateRequest: renamed(
      optional(TAG.CertificateRequest, bytes, { until: "1.4" }),
      optional(TAG.CertificateRequestValue, bytes, { since: "2.0" }),
    ),
    offset: optional(TAG.Offset, interval),
    attributes: attributeList("optional", TAG.TemplateAttribute, TAG.Attributes),
    protectionStorageMasks,
  },
  {
    uniqueIdentifier: required(TAG.UniqueIdentifier, identifier),
    attributes: attributeList("optional", TAG.TemplateAttribute, null),
  },
);
