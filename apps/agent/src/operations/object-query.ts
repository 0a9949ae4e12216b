import type { KeyState, ObjectType } from "../keystore/records.ts";
import type { ObjectView } from "./object-view.ts";

/** Which objects a client looks for. What is left out is not asked for. */
export interface ObjectQuery {
  readonly state?: KeyState;
  readonly types?: readonly ObjectType[];
  /** Exactly this name. */
  readonly name?: string;
  readonly group?: string;
  /** Only what is archived, only what is not; both without it. */
  readonly archived?: boolean;
  /** Destroyed objects are found only when asked for, by this or by their state. */
  readonly destroyed?: boolean;
  /** Anything else, in the endpoint's own terms: attribute equality, ranges of dates. Sees visible objects only. */
  readonly matches?: (object: ObjectView) => boolean;
  /** Which come first; the newest without it. */
  readonly order?: "oldest" | "newest";
  readonly offset?: number;
  readonly maximum?: number;
}

/** Ids of what was found, in the order that was asked for, and how many there are without offset and maximum. */
export interface Located {
  readonly ids: readonly string[];
  readonly total: number;
}
