import type { KmipOperation } from "./kmip-operation.ts";

/** Gives random bytes. @see KMIP 2.1 section 6.1.49 */
export const rngRetrieve: KmipOperation<"RNGRetrieve"> = ({ operations, caller }, { dataLength }) => ({
  data: operations.random(caller, dataLength),
});
