import type { AttributeBag, ObjectLink, ObjectName } from "../keystore/records.ts";

/**
 * What shall be different about an object; what is left out stays.
 *
 * State, usage, type, algorithm, owner, group, extractability and origin are not here: no attribute changes them.
 */
export interface AttributeChange {
  readonly names?: readonly ObjectName[];
  readonly links?: readonly ObjectLink[];
  readonly attributes?: AttributeBag;
  /** Planned dates; null takes one away. A reached activation activates, a reached deactivation deactivates. */
  readonly dates?: {
    readonly activation?: number | null;
    readonly processStart?: number | null;
    readonly protectStop?: number | null;
    readonly deactivation?: number | null;
  };
  /** Only before anything was spent. */
  readonly limits?: { readonly unit: "byte" | "object"; readonly total: number } | null;
}
