import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { Custody } from "../../apps/agent/src/custody/custody.ts";
import { SqliteSecretStore } from "../../apps/agent/src/custody/secret-store.ts";
import { SqliteStore } from "../../apps/agent/src/keystore/sqlite/sqlite-store.ts";
import { peekTid } from "../../apps/agent/src/roster/roster-store.ts";

/**
 * Takes away a key server that was made by a start which was cut off before it could tell the passphrase of its recovery
 * file. One that has a domain is never touched.
 *
 * @returns whether it was taken away; it held no key, so nothing is lost
 */
export function removeUnfoundedAgent(data: string): boolean {
  const store = SqliteStore.open(join(data, "agent.db"));
  let files: string[] = [];
  try {
    if (peekTid(store) !== null) return false;
    const { kek, identity } = Custody.load(new SqliteSecretStore(store.database), { dataDirectory: data });
    if (kek.kind === "file") files = [kek.path, join(dirname(kek.path), `${identity.aid}.recovery`)];
  } finally {
    store.close();
  }
  for (const file of files) rmSync(file, { force: true });
  rmSync(data, { recursive: true, force: true });
  return true;
}
