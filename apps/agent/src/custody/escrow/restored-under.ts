import type { RootKey } from "@holdfast/crypto";
import { decodeBase64url, parseEnvelope } from "@holdfast/protocol";
import type { Admission } from "../../admission/admission.ts";
import type { Keystore } from "../../keystore/keystore.ts";
import { decodeBody, encodeBody, isAuthenticRow, sealRow } from "../../keystore/row.ts";
import type { Store, StoredRow } from "../../keystore/store.ts";
import type { Executor } from "../../lifecycle/executor.ts";

/** Under which release a store was restored, until that is on record. */
export interface RestoredUnder {
  readonly backup: string;
  /** The command that released it. */
  readonly release: string;
  /** Seats of the custodians who gave their shares. */
  readonly seats: readonly string[];
  /** The command with its approvals, base64url. */
  readonly envelope: string;
}

const ROW = "restored-under";

/** The row that a restore leaves for the agent that will serve the store. */
export function restoredUnderRow(root: RootKey, under: RestoredUnder): StoredRow {
  return sealRow(root, "setting", { id: ROW, body: encodeBody(under), leaf: 0 });
}

/** What putting a release on record works with. */
export interface RestoredParts {
  readonly store: Store;
  readonly root: RootKey;
  readonly keystore: Pick<Keystore, "domain">;
  readonly executor: Pick<Executor, "recordHostEvent">;
  readonly admission: Pick<Admission, "deliver">;
}

/**
 * Puts the release under which the store was restored on record, once people have accepted the restored state: the command
 * with its approvals, and who gave shares. Nothing happens before, and nothing twice.
 */
export async function recordRestoredUnder({
  store,
  root,
  keystore,
  executor,
  admission,
}: RestoredParts): Promise<void> {
  const row = store.findRow("setting", ROW);
  if (row === null || keystore.domain().recovering) return;
  store.transact(() => store.removeRow("setting", ROW));
  if (!isAuthenticRow(root, "setting", row)) return;
  const { envelope, ...facts } = decodeBody<RestoredUnder>(row);
  executor.recordHostEvent("restore", { ...facts });
  const bytes = decodeBase64url(envelope);
  if (parseEnvelope(bytes).approvals.length > 0) await admission.deliver(bytes, "file");
}
