import { type RecoveryKey, replacementKeyName } from "@holdfast/protocol";

/**
 * What an introduced replacement key is called in its signed document, which goes to the control plane with the chain of
 * administrators: its own name (`r_…`) where administrators keep names from it, since people call it after where it lies.
 */
export function labelOfKey(key: Pick<RecoveryKey, "cose">, label: string, share: "hashes" | undefined): string {
  return share === "hashes" ? replacementKeyName(key) : label;
}
