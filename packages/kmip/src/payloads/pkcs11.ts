import { optional, required } from "../fields/field.ts";
import { bytes, enumeration, text } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";
import { operation } from "./operation.ts";

/**
 * Calls a function of PKCS #11.
 *
 * @see KMIP 2.1 section 6.1
 */
export const pkcs11 = operation(
  {
    pkcs11Interface: optional(TAG.PKCS_11Interface, text),
    pkcs11Function: required(TAG.PKCS_11Function, enumeration),
    correlationValue: optional(TAG.CorrelationValue, bytes),
    pkcs11InputParameters: optional(TAG.PKCS_11InputParameters, bytes),
  },
  {
    pkcs11Interface: optional(TAG.PKCS_11Interface, text),
    pkcs11Function: required(TAG.PKCS_11Function, enumeration),
    correlationValue: optional(TAG.CorrelationValue, bytes),
    pkcs11OutputParameters: optional(TAG.PKCS_11OutputParameters, bytes),
    pkcs11ReturnCode: required(TAG.PKCS_11ReturnCode, enumeration),
  },
);
