import type { ActInput } from "./act.ts";
import type { DomainEffect } from "./effect.ts";

/** domain.lock: no change of keys or trust; encryption and decryption go on. */
export function lock({ keystore }: ActInput): DomainEffect[] {
  const before = keystore.domain();
  return [{ on: "domain", before, after: { ...before, locked: true } }];
}
