import { readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import type { Agent } from "../agent.ts";
import { SETTINGS_FILE } from "../agent-settings.ts";
import { createBackup } from "../custody/backup/create-backup.ts";
import { escrowSourceOf, keepEscrowed } from "../custody/escrow/escrow-source.ts";
import { isInside } from "../custody/inside.ts";
import type { Domain } from "../domain.ts";
import { HttpRefusal } from "../json-http/http-refusal.ts";

/** Makes a backup to the fixed recipient, and puts it on record. */
export async function makeBackup(agent: Agent, domain: Domain, path: string) {
  if (!isAbsolute(path)) throw new HttpRefusal(400, "E_SCHEMA", "path is not absolute.");
  if (isInside(path, agent.dataDirectory)) {
    throw new HttpRefusal(
      400,
      "E_SCHEMA",
      "A backup inside the data folder is lost with it: name a path outside, best on another machine.",
    );
  }
  const { log, rosters, keystore, guard, store, executor, operations, drills, tid } = domain;
  operations.flushUse();
  const source = {
    describe() {
      const { roster, hash } = rosters.current();
      return {
        tid,
        roster: { seq: roster.seq, hash },
        checkpoint: log.signCheckpoint(),
        size: log.size,
        keys: keystore.counts().keys,
      };
    },
    snapshotInto: (into: string) => void store.database.prepare("VACUUM INTO ?").run(into),
    settings: () => readFileSync(join(agent.dataDirectory, SETTINGS_FILE)),
    escrow: () => escrowSourceOf(domain),
  };
  const made = await createBackup(agent.custody, source, path, agent.dataDirectory, guard.time());
  const { size, keys, blob } = made.manifest;
  executor.recordHostEvent("backup", { size, keys, blob, ...keepEscrowed(drills, made) });
  return { path: made.path, bytes: made.bytes, keys, size, madeAt: made.manifest.made };
}
