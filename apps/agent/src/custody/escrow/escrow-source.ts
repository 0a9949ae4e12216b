import type { Domain } from "../../domain.ts";
import type { BackupMade } from "../backup/create-backup.ts";
import type { EscrowSource } from "../backup/write-escrowed.ts";

/** Who holds shares of a domain's backups, and the chain against which releases are checked; null without custodians. */
export function escrowSourceOf({ keystore, rosters }: Pick<Domain, "keystore" | "rosters">): EscrowSource | null {
  const { escrow: plan } = keystore.domain();
  return plan === undefined ? null : { plan, chain: rosters.links() };
}

/** Keeps what drills of a new backup are judged by. @returns what the log's entry says of its custodians */
export function keepEscrowed(drills: Domain["drills"], { manifest, escrow }: BackupMade) {
  if (escrow === null || manifest.typ !== "backup") return {};
  drills.keep(escrow.hash, escrow.drills);
  const { k, custodians } = manifest.escrow;
  const opened = manifest.recovery === undefined ? {} : { recoveryFile: true };
  return { escrow: { hash: escrow.hash, k, seats: custodians.map(({ seat }) => seat), ...opened } };
}
