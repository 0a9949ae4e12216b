import type { ClientRecord } from "../keystore/records.ts";
import type { ObjectView } from "./object-view.ts";

/** Who asks: an identified client, and the network address it asked from (for the local detail of the usage record). */
export interface Caller {
  readonly client: ClientRecord;
  readonly from: string;
  /** Refuses an object that the client is about to make, by throwing: what it has said of all that it makes. */
  readonly judgeNew?: (object: ObjectView) => void;
}
