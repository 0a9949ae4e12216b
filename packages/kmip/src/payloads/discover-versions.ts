import { repeated } from "../fields/field.ts";
import { protocolVersionCodec } from "../fields/protocol-version.ts";
import { TAG } from "../tags/tag-table.ts";
import { operation } from "./operation.ts";

/**
 * Compares the protocol versions that both sides speak.
 *
 * @see KMIP 1.4 section 4.26
 */
export const discoverVersions = operation(
  {
    protocolVersion: repeated(TAG.ProtocolVersion, protocolVersionCodec),
  },
  {
    protocolVersion: repeated(TAG.ProtocolVersion, protocolVersionCodec),
  },
);
