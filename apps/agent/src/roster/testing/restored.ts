import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { PasskeyAgent } from "../../admission/testing/passkey-agent.ts";
import { markRecovering } from "../../custody/backup/mark-recovering.ts";
import { CHECKPOINT_FILE } from "../../custody-log/checkpoint-writer.ts";
import { SqliteStore } from "../../keystore/sqlite/sqlite-store.ts";

/** Keeps an agent's folder as a backup has it. Tests only. @returns what puts that back on a new disk, not accepted yet */
export async function backedUp(agent: PasskeyAgent): Promise<() => Promise<void>> {
  const kept = `${agent.dataDirectory}-kept`;
  await agent.restart(() => {
    rmSync(kept, { recursive: true, force: true });
    cpSync(agent.dataDirectory, kept, { recursive: true });
    rmSync(join(kept, CHECKPOINT_FILE), { force: true });
  });
  return async () => {
    const fresh = `${agent.dataDirectory}-fresh`;
    cpSync(kept, fresh, { recursive: true });
    const store = SqliteStore.open(join(fresh, "agent.db"));
    store.transact(() => markRecovering(store, agent.domain.keys.root));
    store.close();
    await agent.restart(() => {
      rmSync(agent.dataDirectory, { recursive: true });
      cpSync(fresh, agent.dataDirectory, { recursive: true });
      rmSync(fresh, { recursive: true });
    });
  };
}
