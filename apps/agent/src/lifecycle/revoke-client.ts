import { type ActInput, targetClient } from "./act.ts";
import type { ClientEffect } from "./effect.ts";

/** client.revoke: the client serves no more, at once; nothing brings the same identity back. */
export function revokeClient(input: ActInput): ClientEffect[] {
  const before = targetClient(input);
  const after = before.state === "revoked" ? before : { ...before, state: "revoked" as const, revokedAt: input.now };
  return [{ on: "client", before, after }];
}
