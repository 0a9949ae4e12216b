import type { BackupPolicy } from "@holdfast/protocol";
import { AdmissionError } from "../admission/errors.ts";
import type { ActInput } from "./act.ts";
import type { DomainEffect } from "./effect.ts";

/**
 * backup.policy: when and where the agent backs up alone from now on; without a policy it does not.
 *
 * @throws {@link AdmissionError} `E_PRESTATE` for an end of backups while new keys wait for one; `E_ARGS` for a folder inside
 * the data folder: the policy of before stays in force
 */
export function setBackupPolicy({ command, keystore, isInDataFolder }: ActInput): DomainEffect[] {
  const before = keystore.domain();
  const { policy = null } = command.args as { policy?: BackupPolicy };
  if (policy === null && before.ackNewKey === "backup")
    throw new AdmissionError("E_PRESTATE", "New keys wait for a backup: have them answered for at once before.");
  const inside = policy?.destinations.find((to) => to.kind === "directory" && isInDataFolder(to.path));
  if (inside !== undefined)
    throw new AdmissionError(
      "E_ARGS",
      `The destination ${inside.name} lies inside the key server's data folder: a backup there is lost with it. Name a folder on another disk.`,
    );
  return [{ on: "domain", before, after: { ...before, backup: policy } }];
}
