import { isAbsolute } from "node:path";
import type { Agent } from "../agent.ts";
import { backupSource } from "../backup/backup-source.ts";
import { createBackup } from "../custody/backup/create-backup.ts";
import { keepEscrowed } from "../custody/escrow/escrow-source.ts";
import { isInside } from "../custody/inside.ts";
import type { Domain } from "../domain.ts";
import { HttpRefusal } from "../json-http/http-refusal.ts";

/** Makes a backup to the fixed recipient at a place of one's own, and puts it on record. */
export async function makeBackup(agent: Agent, domain: Domain, path: string) {
  if (!isAbsolute(path)) throw new HttpRefusal(400, "E_SCHEMA", "path is not absolute.");
  if (isInside(path, agent.dataDirectory)) {
    throw new HttpRefusal(
      400,
      "E_SCHEMA",
      "A backup inside the data folder is lost with it: name a path outside, best on another machine.",
    );
  }
  const { guard, executor, drills } = domain;
  const made = await createBackup(agent.custody, backupSource(domain), path, agent.dataDirectory, guard.time());
  const { size, keys, blob } = made.manifest;
  executor.recordHostEvent("backup", { size, keys, blob, ...keepEscrowed(drills, made) });
  return { path: made.path, bytes: made.bytes, keys, size, madeAt: made.manifest.made };
}
