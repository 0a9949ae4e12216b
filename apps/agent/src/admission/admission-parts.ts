import type { SigningHandle } from "@holdfast/crypto";
import type { Logger } from "../logger.ts";
import type { RunningTime } from "../self-check/running-time.ts";
import type { AdmissionContext } from "./admission-context.ts";
import type { RefusalCounter } from "./refusal-counter.ts";
import type { ScheduledCommand, ScheduledCommands } from "./scheduled.ts";

/** What admission works with besides its context. */
export interface AdmissionParts extends AdmissionContext {
  readonly scheduled: ScheduledCommands;
  readonly running: RunningTime;
  /** Whether nobody's clock contradicts that a delay is over. */
  readonly isElapsed: (waiting: ScheduledCommand) => Promise<boolean>;
  readonly refusals: RefusalCounter;
  /** The local administrator's key; null in a domain with passkey administrators. */
  readonly local: SigningHandle | null;
  readonly logger: Logger;
  /** What is given out of a key's limit in this process and not used. */
  readonly unspent: (keyId: string) => number;
}
