import type { SigningHandle } from "@holdfast/crypto";
import type { Declared, DeclaredToken } from "@holdfast/custody-report";
import type { RosterLink, VerifiedRoster } from "@holdfast/protocol";
import type { CustodyLog } from "../custody-log/custody-log.ts";
import type { Keystore } from "../keystore/keystore.ts";
import type { LogIndex } from "../keystore/log-index.ts";
import type { Executor } from "../lifecycle/executor.ts";
import type { ClockGuard } from "../self-check/clock.ts";

/** Who attests, and about which roster and log: a founded, unsealed domain has it all. */
export interface AttestSource {
  readonly tid: string;
  readonly aid: string;
  readonly keys: { readonly aik: Pick<SigningHandle, "sign"> };
  readonly log: Pick<CustodyLog, "size" | "root">;
  readonly guard: Pick<ClockGuard, "time">;
  readonly rosters: { current(): VerifiedRoster };
}

/** The same with the keys it holds. */
export interface KeyedAttestSource extends AttestSource {
  /** What opens the root key: declared, for nothing measures where a file lies or who knows a passphrase. */
  readonly kek?: Declared["kek"];
  readonly keystore: Pick<Keystore, "keys">;
  readonly index: LogIndex;
}

/** What a report is made of: a founded, unsealed domain has it all. */
export interface ReportSource extends AttestSource {
  readonly keys: { readonly aik: Pick<SigningHandle, "sign">; readonly report: Pick<SigningHandle, "sign"> };
  readonly log: Pick<CustodyLog, "size" | "root" | "entries" | "signCheckpoint" | "checkpoint">;
  readonly executor: Pick<Executor, "recordHostEvent">;
  readonly rosters: { current(): VerifiedRoster; links(): readonly RosterLink[] };
  readonly authority: {
    reportCertificate(): Promise<{ readonly certificate: Uint8Array; readonly authority: Uint8Array }>;
  };
  /** Where the log is stored, for a thread that reads it; in this thread without. */
  readonly store?: { readonly path: string };
  /** Where the key-encryption key comes from. */
  readonly kek: Declared["kek"];
  /** The token that it is in, as it was found when it was opened; null where it is in none. */
  readonly token: DeclaredToken | null;
}
