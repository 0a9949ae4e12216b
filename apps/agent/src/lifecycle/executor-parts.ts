import type { RootKey, SigningHandle } from "@holdfast/crypto";
import type { HsmKeys } from "../custody/hsm/hsm-keys.ts";
import type { CustodyLog } from "../custody-log/custody-log.ts";
import type { Keystore } from "../keystore/keystore.ts";
import type { LogIndex } from "../keystore/log-index.ts";
import type { Store } from "../keystore/store.ts";
import type { Logger } from "../logger.ts";
import type { ClockGuard } from "../self-check/clock.ts";
import type { LostHeads } from "../witnesses/lost-heads.ts";

/** What the executor works on and signs with. */
export interface ExecutorParts {
  readonly store: Store;
  readonly root: RootKey;
  readonly aik: SigningHandle;
  readonly tid: string;
  readonly aid: string;
  readonly keystore: Keystore;
  readonly index: LogIndex;
  readonly log: CustodyLog;
  readonly guard: ClockGuard;
  readonly roster: () => { readonly seq: number; readonly hash: string };
  readonly logger: Logger;
  /** Makes keys in the token; null in tests without one. */
  readonly hsmKeys: HsmKeys | null;
  /** Whether a path lies in the folder of this agent's own data, also through links. */
  readonly isInDataFolder: (path: string) => boolean;
  /** Why nothing may be written: the stored log is not the one that was signed. Null when it is. */
  readonly problem: "E_LOG_CORRUPT" | "E_LOG_ROLLBACK" | null;
  /** Signed heads that the log is behind of; null unless that is all that is wrong with it. */
  readonly lost: LostHeads | null;
}
