import { ENUM } from "@holdfast/kmip";
import { refuse } from "../refused.ts";
import type { KmipOperation } from "./kmip-operation.ts";

/** Says who of the two asks. This side answers; it asks nothing of clients. @see KMIP 2.1 section 6.1.52 */
export const setEndpointRole: KmipOperation<"SetEndpointRole"> = (_context, { endpointRole }) => {
  if (endpointRole !== ENUM.EndpointRole.Server) refuse("FeatureNotSupported", "The key server only answers.");
  return { endpointRole };
};
