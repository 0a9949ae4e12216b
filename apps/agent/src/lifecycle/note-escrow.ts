import type { ActInput } from "./act.ts";
import type { DomainEffect } from "./effect.ts";

/** escrow.release and escrow.drill: recorded, with who approved them. Nothing of the domain's state changes by them. */
export function noteEscrow({ keystore }: ActInput): DomainEffect[] {
  const before = keystore.domain();
  return [{ on: "domain", before, after: before }];
}
