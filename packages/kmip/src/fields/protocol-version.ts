import { TAG } from "../tags/tag-table.ts";
import type { ProtocolVersion } from "../version.ts";
import type { Codec } from "./codec.ts";
import { required } from "./field.ts";
import { struct } from "./struct.ts";
import { integer } from "./values.ts";

/** Reads and writes a Protocol Version, whether spoken or not. @see KMIP 1.4 section 6.1 */
export const protocolVersionCodec: Codec<ProtocolVersion> = struct({
  major: required(TAG.ProtocolVersionMajor, integer),
  minor: required(TAG.ProtocolVersionMinor, integer),
});
