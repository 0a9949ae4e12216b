import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SETTINGS_FILE } from "../agent-settings.ts";
import type { BackupSource } from "../custody/backup/create-backup.ts";
import { escrowSourceOf } from "../custody/escrow/escrow-source.ts";
import type { CustodyLog } from "../custody-log/custody-log.ts";
import type { Keystore } from "../keystore/keystore.ts";
import type { SqliteStore } from "../keystore/sqlite/sqlite-store.ts";
import type { Operations } from "../operations/operations.ts";
import type { RosterStore } from "../roster/roster-store.ts";

/** What of a domain goes into its backup. */
export interface BackedUpDomain {
  readonly tid: string;
  readonly dataDirectory: string;
  readonly log: CustodyLog;
  readonly rosters: RosterStore;
  readonly keystore: Keystore;
  readonly store: SqliteStore;
  readonly operations: Operations;
}

/** The domain as a backup takes it: facts and a copy of one state. */
export function backupSource(domain: BackedUpDomain): BackupSource {
  const { log, rosters, keystore, store, operations, tid, dataDirectory } = domain;
  return {
    describe() {
      operations.flushUse();
      const { roster, hash } = rosters.current();
      return {
        tid,
        roster: { seq: roster.seq, hash },
        checkpoint: log.signCheckpoint(),
        size: log.size,
        keys: keystore.counts().keys,
      };
    },
    snapshotInto: (into) => store.copyInto(into),
    settings: () => readFileSync(join(dataDirectory, SETTINGS_FILE)),
    escrow: () => escrowSourceOf(domain),
  };
}
