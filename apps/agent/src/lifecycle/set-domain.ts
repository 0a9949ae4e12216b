import type { ArgsOf } from "@holdfast/protocol";
import { AdmissionError } from "../admission/errors.ts";
import type { ActInput } from "./act.ts";
import type { DomainEffect } from "./effect.ts";

/**
 * domain.set: where a new key is held before its maker is answered, and what the control plane learns of names. What it
 * does not name stays.
 *
 * @throws {@link AdmissionError} `E_PRESTATE` for waiting on backups that nobody makes
 */
export function setDomain({ command, keystore }: ActInput): DomainEffect[] {
  const { share: was, ...before } = keystore.domain();
  const { ackNewKey = before.ackNewKey, share = was ?? "names" } = command.args as ArgsOf<"domain.set">;
  if (ackNewKey === "backup" && before.backup === null)
    throw new AdmissionError("E_PRESTATE", "No policy says where backups go: set one first (backup.policy).");
  const after = { ...before, ackNewKey, ...(share === "hashes" ? { share } : {}) };
  return [{ on: "domain", before: keystore.domain(), after }];
}
