import { join } from "node:path";
import { readSettings } from "../../agent-settings.ts";
import { STORE_FILE } from "../../init-agent.ts";
import { SqliteStore } from "../../keystore/sqlite/sqlite-store.ts";
import { Custody } from "../custody.ts";
import type { AgentIdentity } from "../custody-record.ts";
import type { KekSource } from "../kek-source.ts";
import { SqliteSecretStore } from "../secret-store.ts";

/** The public keys of the agent in a data folder, and what opens it; read while nobody serves it. @throws {@link StoreError} `E_STORE` */
export function peekIdentity(dataDirectory: string): AgentIdentity & { readonly kek: KekSource["kind"] } {
  readSettings(dataDirectory);
  const store = SqliteStore.open(join(dataDirectory, STORE_FILE));
  try {
    const { identity, kek } = Custody.load(new SqliteSecretStore(store.database), { dataDirectory });
    return { ...identity, kek: kek.kind };
  } finally {
    store.close();
  }
}
