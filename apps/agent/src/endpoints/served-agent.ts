import type { AutomaticBackups } from "../backup/automatic-backups.ts";
import type { Authority } from "../clients/authority.ts";
import type { CompanyClients } from "../clients/company/company-clients.ts";
import type { InstalledCertificate } from "../clients/installed-certificate.ts";
import type { Hsm } from "../custody/hsm/hsm.ts";
import type { CustodyLog } from "../custody-log/custody-log.ts";
import type { Keystore } from "../keystore/keystore.ts";
import type { LogIndex } from "../keystore/log-index.ts";
import type { Store } from "../keystore/store.ts";
import type { Logger } from "../logger.ts";
import type { Operations } from "../operations/operations.ts";
import type { AttestSource } from "../report/report-source.ts";
import type { WitnessWatch } from "../witnesses/witness-watch.ts";

/** What endpoints need of a founded, unsealed domain. */
export interface ServedDomain extends AttestSource {
  readonly keystore: Keystore;
  readonly log: CustodyLog;
  readonly authority: Authority;
  /** The listeners' certificate where another authority issues it. */
  readonly installed: InstalledCertificate;
  readonly operations: Operations;
  readonly index: LogIndex;
  readonly backups: Pick<AutomaticBackups, "places" | "newest">;
  readonly witnesses: Pick<WitnessWatch, "status" | "witnessedAt" | "evidence">;
  readonly logger: Logger;
}

/** What endpoints need of the agent: its domain as it comes and goes. */
export interface ServedAgent<D extends ServedDomain = ServedDomain> {
  readonly logger: Logger;
  readonly sealed: boolean;
  /** Whether it is sealed for want of its token, and unseals itself when that is there. */
  readonly waitsForToken?: boolean;
  /** How the disk under the store behaves. */
  readonly store?: Pick<Store, "disk">;
  /** Where the key-encryption key comes from. */
  readonly custody?: { readonly hsm: Pick<Hsm, "state" | "counters"> | null };
  /** Clients whose certificates a company's authority issues; null where none is trusted. */
  readonly company: CompanyClients | null;
  /** Null before genesis and while sealed. */
  readonly domain: D | null;
  /** Tells at once and at each change. @returns what stops it */
  onDomain(listener: (domain: D | null) => void): () => void;
}

/** A listener that runs. */
export interface Listener {
  readonly url: string;
  close(): Promise<void>;
}
