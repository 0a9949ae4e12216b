import type { RootKey } from "@holdfast/crypto";
import type { DomainRecord } from "../../keystore/records.ts";
import { decodeBody, encodeBody, isAuthenticRow, sealRow } from "../../keystore/row.ts";
import type { Store } from "../../keystore/store.ts";
import { CustodyError } from "../errors.ts";

/**
 * Makes a restored domain one that is recovering: it changes nothing until people accept the restore.
 *
 * @throws {@link CustodyError} `E_BACKUP_CONTENT` for a store without the domain's own row
 */
export function markRecovering(store: Store, root: RootKey): void {
  const row = store.findRow("setting", "domain");
  if (row === null || !isAuthenticRow(root, "setting", row)) throw new CustodyError("E_BACKUP_CONTENT");
  const body = encodeBody({ ...decodeBody<DomainRecord>(row), recovering: true });
  store.putRow("setting", sealRow(root, "setting", { ...row, body }));
}
