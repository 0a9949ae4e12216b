import { AdmissionError } from "../admission/errors.ts";
import type { ActInput } from "./act.ts";
import type { DomainEffect } from "./effect.ts";

/**
 * restore.accept: people say that the restored state, named by size and root of its log, is the one to go on from.
 *
 * @throws {@link AdmissionError} `E_PRESTATE` when the agent is not recovering, or holds another log
 */
export function restoreAccept({ command, keystore, log }: ActInput): DomainEffect[] {
  const before = keystore.domain();
  const { size, root } = command.args as { size: number; root: string };
  if (!before.recovering) throw new AdmissionError("E_PRESTATE", "The agent is not recovering.");
  if (size !== log.size || root !== log.root)
    throw new AdmissionError("E_PRESTATE", "The agent's log is not the one named.", { size: log.size });
  return [{ on: "domain", before, after: { ...before, recovering: false } }];
}
