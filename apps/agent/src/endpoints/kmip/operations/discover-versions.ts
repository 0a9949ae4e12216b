import { discoveredVersions } from "@holdfast/kmip";
import type { KmipOperation } from "./kmip-operation.ts";

/** The versions that both sides speak. @see KMIP 2.1 section 6.1.19 */
export const discoverVersions: KmipOperation<"DiscoverVersions"> = (_context, { protocolVersion = [] }) => ({
  protocolVersion: discoveredVersions(protocolVersion),
});
