import type { RootKey, SigningHandle } from "@holdfast/crypto";
import type { RefusalCounter } from "../admission/refusal-counter.ts";
import type { Store } from "../keystore/store.ts";
import type { Executor } from "../lifecycle/executor.ts";
import type { Logger } from "../logger.ts";
import type { RunningTime } from "../self-check/running-time.ts";
import type { LinkContext } from "./judge-link.ts";

/** What links are judged, kept and carried out with. */
export interface RosterLinksParts extends LinkContext {
  /** This key server. */
  readonly aid: string;
  readonly store: Store;
  readonly root: RootKey;
  readonly executor: Executor;
  readonly running: RunningTime;
  /** Whether nobody's clock contradicts that a delay is over. */
  readonly isElapsed: (waiting: { readonly hash: string; readonly dueSeconds: number }) => Promise<boolean>;
  readonly refusals: RefusalCounter;
  /** The local administrator's key; null in an agent without one. */
  readonly local: SigningHandle | null;
  readonly logger: Logger;
}
