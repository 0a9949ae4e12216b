import type { KmipOperation } from "./kmip-operation.ts";

/** Takes a client's entropy into account in what clients get; all of it. @see KMIP 2.1 section 6.1.50 */
export const rngSeed: KmipOperation<"RNGSeed"> = ({ operations, caller }, { data }) => ({
  dataLength: operations.seedRandom(caller, data),
});
