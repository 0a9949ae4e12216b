import type { KmipOperation } from "./kmip-operation.ts";

/** Tells that somebody is there. @see KMIP 2.1 section 6.1.33 */
export const ping: KmipOperation<"Ping"> = () => ({});
