import type { ActInput } from "./act.ts";
import type { DomainEffect } from "./effect.ts";

/** domain.lock: no change of applications' keys or trust; use goes on, and so does what only protects keys at rest (`rekey`, `kek rotate`). */
export function lock({ keystore }: ActInput): DomainEffect[] {
  const before = keystore.domain();
  return [{ on: "domain", before, after: { ...before, locked: true } }];
}
