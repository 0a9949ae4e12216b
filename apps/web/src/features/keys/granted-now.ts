import { operationsText } from "../clients/grant-text.ts";
import { isLive } from "./key-state.ts";

/** What no grant does any more on a key that protects nothing new. */
const ENDED_BY_RETIRING: readonly string[] = ["encrypt", "sign", "wrap", "derive", "activate", "revoke"];

const RETIRED: readonly string[] = ["deactivated", "compromised"];

/** What a client may still do on a key as the key is now, in words. */
export function grantedNow(ops: readonly string[], state: string): string {
  if (!isLive(state)) return "nothing: the key is gone";
  if (!RETIRED.includes(state)) return operationsText(ops);
  const left = ops
    .filter((op) => !ENDED_BY_RETIRING.includes(op) && !(op === "verify" && ops.includes("mac")))
    .map((op) => (op === "mac" ? "verifymac" : op));
  return left.length === 0 ? "nothing any more" : operationsText(left);
}
