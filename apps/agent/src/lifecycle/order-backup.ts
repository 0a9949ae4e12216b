import { AdmissionError } from "../admission/errors.ts";
import type { ActInput } from "./act.ts";
import type { DomainEffect } from "./effect.ts";

/**
 * backup.create: people want a backup now. The entry says so; the agent makes it as soon as the entry is durable.
 *
 * @throws {@link AdmissionError} `E_PRESTATE` when no policy says where to
 */
export function orderBackup({ keystore }: ActInput): DomainEffect[] {
  const before = keystore.domain();
  if (before.backup === null)
    throw new AdmissionError("E_PRESTATE", "No policy says where backups go: set one first (backup.policy).");
  return [{ on: "domain", before, after: before }];
}
