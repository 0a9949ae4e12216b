import type { HsmKeys } from "../custody/hsm/hsm-keys.ts";
import type { CustodyLog } from "../custody-log/custody-log.ts";
import type { Introductions } from "../introductions/introductions.ts";
import type { Keystore } from "../keystore/keystore.ts";
import type { LogIndex } from "../keystore/log-index.ts";
import type { Store } from "../keystore/store.ts";
import type { ClientIssuer } from "../lifecycle/client-issuer.ts";
import type { Executor } from "../lifecycle/executor.ts";
import type { Transfers } from "../lifecycle/transfers.ts";
import type { RosterStore } from "../roster/roster-store.ts";
import type { ClockGuard } from "../self-check/clock.ts";
import type { LostHeads } from "../witnesses/lost-heads.ts";

/** What the checks look at: the agent's own state, nothing from outside. */
export interface AdmissionContext {
  readonly tid: string;
  readonly rosters: RosterStore;
  readonly keystore: Keystore;
  readonly index: LogIndex;
  readonly log: CustodyLog;
  readonly guard: ClockGuard;
  readonly executor: Executor;
  readonly store: Store;
  readonly issuer: ClientIssuer;
  /** Makes key pairs in the token before the transaction that takes them. */
  readonly hsmKeys: Pick<HsmKeys, "preparePair" | "available">;
  readonly transfers: Transfers;
  /** What newcomers gave to this agent. */
  readonly introductions: Pick<Introductions, "find">;
  /** Acts that this host refuses, whatever quorum approves them. */
  readonly deniedActs: ReadonlySet<string>;
  /** Why the log cannot be written to: it does not match its signed checkpoint. Null when it does. */
  readonly problem: "E_LOG_CORRUPT" | "E_LOG_ROLLBACK" | null;
  /** Signed heads that the log is behind of; null unless that is all that is wrong with it. */
  readonly lost: LostHeads | null;
}
