import { optional } from "../fields/field.ts";
import { integer, listOf } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";

// Where an object may be kept: any of the masks is good. KMIP 2.1 section 7.19.

const masks = listOf(TAG.ProtectionStorageMask, integer);

export const protectionStorageMasks = optional(TAG.ProtectionStorageMasks, masks, { since: "2.0" });
export const commonProtectionStorageMasks = optional(TAG.CommonProtectionStorageMasks, masks, { since: "2.0" });
export const privateProtectionStorageMasks = optional(TAG.PrivateProtectionStorageMasks, masks, { since: "2.0" });
export const publicProtectionStorageMasks = optional(TAG.PublicProtectionStorageMasks, masks, { since: "2.0" });
