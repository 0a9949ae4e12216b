import { type ErrorText, errorText } from "@holdfast/protocol";
import type { Agent } from "../agent.ts";

/** Why an agent that is open takes no change at all, and what to do; null for one that takes them. */
export type RefusedChanges = (ErrorText & { readonly code: string }) | null;

/** @see RefusedChanges */
export function refusedChanges({ domain }: Pick<Agent, "domain">): RefusedChanges {
  if (domain === null) return null;
  const { recovering, locked } = domain.keystore.domain();
  const code = domain.problem ?? (recovering ? "E_RECOVERING" : locked ? "E_LOCKED" : null);
  return code === null ? null : { code, ...errorText[code] };
}
