import { deriveClientKeyId } from "@holdfast/protocol";

/** Stands where a client's keys have random bytes: one id for each client, which nobody chooses. */
const RULES = Buffer.from("kmip-client-rule");

/** The id under which the rules are kept that a client has set for itself. */
export function rulesIdOf(tid: string, clientId: string): string {
  return deriveClientKeyId(tid, clientId, RULES);
}
