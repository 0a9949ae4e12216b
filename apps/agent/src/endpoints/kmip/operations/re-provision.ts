import { refuse } from "../refused.ts";
import type { KmipOperation } from "./kmip-operation.ts";

/** Refused: who a client is, administrators say, and no message of a client changes it. @see KMIP 2.1 section 6.1.52 */
export const reProvision: KmipOperation<"ReProvision"> = () =>
  refuse("PermissionDenied", "Clients renew their certificate at the REST endpoint; nothing else provisions them.");
