import type { LegacyAlgorithm } from "@holdfast/protocol";
import type { ActInput } from "./act.ts";
import type { DomainEffect } from "./effect.ts";

/** crypto.allow: the legacy algorithms that clients may use; those that are not named are refused from now on. */
export function allowAlgorithms({ command, keystore }: ActInput): DomainEffect[] {
  const before = keystore.domain();
  const { algorithms } = command.args as { algorithms: readonly LegacyAlgorithm[] };
  return [{ on: "domain", before, after: { ...before, legacy: [...algorithms].sort() } }];
}
