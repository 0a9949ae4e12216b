import type { ActInput } from "./act.ts";
import type { DomainEffect } from "./effect.ts";

/** domain.unlock: changes are taken again. */
export function unlock({ keystore }: ActInput): DomainEffect[] {
  const before = keystore.domain();
  return [{ on: "domain", before, after: { ...before, locked: false } }];
}
