import { AdmissionError } from "../admission/errors.ts";
import type { ActInput } from "./act.ts";
import type { DomainEffect } from "./effect.ts";

/**
 * domain.set: where a new key is held before its maker is answered.
 *
 * @throws {@link AdmissionError} `E_PRESTATE` for waiting on backups that nobody makes
 */
export function setDomain({ command, keystore }: ActInput): DomainEffect[] {
  const before = keystore.domain();
  const { ackNewKey } = command.args as { ackNewKey: "local" | "backup" };
  if (ackNewKey === "backup" && before.backup === null)
    throw new AdmissionError("E_PRESTATE", "No policy says where backups go: set one first (backup.policy).");
  return [{ on: "domain", before, after: { ...before, ackNewKey } }];
}
