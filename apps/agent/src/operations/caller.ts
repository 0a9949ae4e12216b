import type { ClientRecord } from "../keystore/records.ts";

/** Who asks: an identified client, and the network address it asked from (for the local detail of the usage record). */
export interface Caller {
  readonly client: ClientRecord;
  readonly from: string;
}
