import { required } from "../fields/field.ts";
import { enumeration } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";
import { operation } from "./operation.ts";

/**
 * Swaps who of the two sends requests.
 *
 * @see KMIP 2.1 section 6.1
 */
export const setEndpointRole = operation(
  {
    endpointRole: required(TAG.EndpointRole, enumeration),
  },
  {
    endpointRole: required(TAG.EndpointRole, enumeration),
  },
);
