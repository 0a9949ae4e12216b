import type { ValueOf } from "../fields/codec.ts";
import { required } from "../fields/field.ts";
import { struct } from "../fields/struct.ts";
import { boolean, items, text } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";

/**
 * What a vendor adds to a batch item. With `criticalityIndicator`, who does not understand it must refuse the item with
 * Feature Not Supported.
 *
 * @see KMIP 1.4 section 6.16
 */
export const messageExtension = struct({
  vendorIdentification: required(TAG.VendorIdentification, text),
  criticalityIndicator: required(TAG.CriticalityIndicator, boolean),
  vendorExtension: required(TAG.VendorExtension, items),
});
export type MessageExtension = ValueOf<typeof messageExtension>;
