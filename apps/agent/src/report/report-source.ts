import type { SigningHandle } from "@holdfast/crypto";
import type { RosterLink, VerifiedRoster } from "@holdfast/protocol";
import type { CustodyLog } from "../custody-log/custody-log.ts";
import type { Keystore } from "../keystore/keystore.ts";
import type { Executor } from "../lifecycle/executor.ts";
import type { ClockGuard } from "../self-check/clock.ts";

/** What an attestation is made of: a founded, unsealed domain has it all. */
export interface AttestSource {
  readonly tid: string;
  readonly aid: string;
  readonly keys: { readonly aik: SigningHandle };
  readonly keystore: Pick<Keystore, "keys">;
  readonly log: Pick<CustodyLog, "size" | "root">;
  readonly guard: Pick<ClockGuard, "time">;
  readonly rosters: { current(): VerifiedRoster };
}

/** What a report is made of: a founded, unsealed domain has it all. */
export interface ReportSource extends AttestSource {
  readonly keys: { readonly aik: SigningHandle; readonly report: SigningHandle };
  readonly log: CustodyLog;
  readonly executor: Pick<Executor, "recordHostEvent">;
  readonly rosters: { current(): VerifiedRoster; links(): readonly RosterLink[] };
  readonly authority: {
    reportCertificate(): Promise<{ readonly certificate: Uint8Array; readonly authority: Uint8Array }>;
  };
  /** Where the key-encryption key comes from. */
  readonly kek: "file" | "passphrase" | "other";
}
