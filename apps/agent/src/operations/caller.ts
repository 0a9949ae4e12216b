import type { ClientRecord } from "../keystore/records.ts";
import type { ObjectView } from "./object-view.ts";

/** Who asks: an identified client, and the network address it asked from (for the local detail of the usage record). */
export interface Caller {
  readonly client: ClientRecord;
  readonly from: string;
  /**
   * Refuses, by throwing, what the client has ruled out itself: an object as it is about to be made, or to become.
   *
   * @param before - The object as it is; absent for a new one.
   */
  readonly judge?: (object: ObjectView, before?: ObjectView) => void;
}
