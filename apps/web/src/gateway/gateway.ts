import type { Db } from "@holdfast/db";
import type { Standing } from "./ingest/standing.ts";
import type { Trust } from "./ingest/trust.ts";
import type { MailboxWakes } from "./mailbox/mailbox-wakes.ts";
import type { Witness } from "./witness/witness-key.ts";

/** What all routes work with. */
export interface Gateway {
  readonly db: Db;
  /** Its address as agents know it. */
  readonly url: string;
  readonly witness: Witness;
  readonly wakes: MailboxWakes;
  readonly trust: Trust;
  readonly standing: Standing;
  /** Unix seconds. */
  readonly now: () => number;
}
